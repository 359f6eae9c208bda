package capacity

// planFormulas are the formulas of a plan, in the keys of its JSON. With them a reviewer can compute every other figure from
// the inputs and the capacity.
var planFormulas = []string{
	"peak(month) = demand · (1 + monthly)^month; where it was fitted to past peaks level · (1 + monthly)^month · season, times or over e^(t · scatter · √(1 + 1/n + (x − x̄)²/Sxx)) for 95 %",
	"lost = 1 instance, or ⌈n / zones⌉, by what is survived",
	"instances = the least n with n · capacity · use ≥ peak · spike and (n − lost) · capacity ≥ peak · spike; its range from peak.low / capacity.high to peak.high / capacity.low",
	"a fleet carries min(n · use, n − lost) · capacity / spike; it runs out in the first month whose peak is more",
	"headroom = 1 − demand / (fleet · capacity)",
	"requests a month = mean rate · 3600 · 730; the mean rate is that of the curve, or the peak",
	"on demand = instances · hourly · 730",
	"mix = the least over R of 730 · (R · reserved + mean over the day of min(e · hourly, ⌈e / (1 − spot loss)⌉ · spot)), e = max(0, instances needed then − R)",
	"transfer = requests a month · bytes a request / 10⁹ · price per GB",
	"total = mix + transfer; per million = total / requests a month · 10⁶",
	"requests within the objective for a unit of money = requests a month · within / total; within = the product of what the objectives ask for, 0.99 for a P99",
	"capacity of another offer = capacity · relative_capacity",
	"target utilisation = use / ((1 + greatest rise of the curve within the scale-up lag) · spike)",
	"target tracking wants ⌈demand / (capacity · target utilisation)⌉; step adds a tenth above 80 % of use and takes one away below 40 % of it; scheduled wants the instances of the highest minute of the hour that begins within the lag",
	"a minute is outside the objective if its demand is above the instances that are up · capacity; what is asked for comes up after the lag and is paid for from then on that it is asked for; one goes every 5 minutes; a day costs the mean instances · 24 · hourly",
	"error budget = share · mean rate · 30 days of requests, or share · 30 days of outage; burn rate = part of the budget · 30 days / long window; alert at burn rate · share",
}

// formulas returns the formulas of the measured and fitted figures.
func (c *Capacity) formulas() []string {
	list := []string{
		"rate at the objective = median of what the shares of requests beyond the objective say in all steps of the rate where that share is what is allowed: logit share = logit allowed + b · ln(rate / edge), by Bayes' rule with flat priors; its interval from the 2.5th to the 97.5th percentile",
	}
	if c.Unit == Journeys {
		list = append(list, "of journeys: offered = those that arrived per second; served = of these those that were completed, whenever; of users, and where the backlog grew, requests that succeeded per second / those that succeed for each journey that is completed")
	}
	if c.Saturation != nil {
		list = append(list, "saturation = mean of what was served each second of the steps that were offered more than that and served more than 3/4 of the best of them; ± Student's t · its standard error, or that of the steps' means if it is more, and 0.4 % beside")
	}
	if len(c.Demands) > 0 {
		list = append(list, "demand D of a resource whose idle use was measured: busy = idle + X · (D + W · (1 − busy / servers) / (1 + τ · X / servers)), X what was served, W what a request takes more that finds it idle, less after a sleep shorter than τ, and of those that come in bursts only servers / (requests in a burst) do; by least squares of (busy − idle) / X, each weighted by its seconds and its own 1/square, averaged over τ from 0 to 10 ms by the likelihood of each; of another: busy = idle + D · X, weighted by 1/X²; full at (servers − idle) / D; busy of a part in Server-Timing = the sum of its durations / the time of the step")
	}
	if c.Bounds != nil {
		list = append(list, "bounds: X(N) ≤ min(N / R(1), 1 / Dmax), Dmax = the largest D / servers; N* = R(1) / Dmax")
	}
	if c.Predicted != nil {
		list = append(list, "predicted saturation = "+c.Predicted.Method)
	}
	if c.Queue != nil {
		list = append(list, "M/M/c: P(T > t) = e^(−μt) + C · μ · (e^(−μt) − e^(−θt)) / (θ − μ), θ = cμ − λ, C of Erlang; c and μ are the likeliest")
	}
	if c.USL != nil && c.USL.Refused == "" {
		list = append(list, "scalability: X(N) = λN / (1 + σ(N − 1) + κN(N − 1)); peak at N = √((1 − σ) / κ); error = root mean square of measured / fitted − 1")
	}
	if len(c.Expected) > 0 {
		list = append(list, "expected P99 of G/G/c = that of the lightest step + W/C · ln(C / 0.01), W = W(M/M/c) · (1 + cs²) / 2 (Allen and Cunneen)")
	}
	if c.Knee != nil {
		list = append(list, "knee = the step furthest below the chord of P99 over the rate, both scaled to 0 … 1 (Kneedle)")
	}
	return list
}

func (in *Inputs) assumptions(c *Capacity) []string {
	list := []string{
		"An instance is what was measured: the same processors, data and mix of requests.",
		"Instances add up: nothing that they share, such as a database, is full before they are. Measure that apart.",
		"The load is spread over the instances evenly.",
		"An instance is warm: one that has just started, with an empty cache, takes less until the cache is filled.",
	}
	if c.Unit == Journeys {
		list = append(list, "The demand is of journeys, and so are costs and budgets, wherever a formula says requests.")
	}
	if in.Curve == nil {
		list = append(list, "Without a day's curve the demand is taken as the same at all hours, so cost per request is a lower bound.")
	}
	switch {
	case in.Growth.Months == 0 && in.Growth.Monthly == 0:
		list = append(list, "No growth was given, so the demand is taken to stay as it is.")
	case in.Growth.Months == 0:
		list = append(list, "The growth was given and is taken as exact.")
	default:
		list = append(list, "The growth of the past goes on; the interval holds its scatter and not a change of trend.")
	}
	if c.MaxRate.AtLeast {
		list = append(list, "The capacity is a lower bound, so fewer instances may do.")
	}
	if c.Target.Bundled {
		list = append(list, "The service was measured on this machine, which is not what it will run on.")
	}
	if len(in.Prices.Offers) > 1 {
		list = append(list, "The capacity of another offer is that of the measured instance times its relative_capacity, which was not measured.")
	}
	return list
}
