package catalogue

var brands = []string{
	"Aldermoor", "Aravel", "Birkenau", "Bluffton", "Calder", "Castellan", "Corvid", "Dalby", "Darrow", "Eastmark",
	"Ellinor", "Fairholm", "Fenwick", "Galloway", "Granby", "Halvorsen", "Harrow", "Ivarsson", "Jarrow", "Kestrel",
	"Kinross", "Lindqvist", "Lowell", "Marlow", "Merriden", "Nordvik", "Norwell", "Oakhurst", "Ostrava", "Pendle",
	"Porter", "Quarry", "Ravensby", "Rookwood", "Selby", "Stavros", "Tarn", "Thornbury", "Ullswater", "Vantage",
	"Verano", "Wexford", "Whitby", "Yarrow", "Zeller",
}

var series = []string{
	"Alto", "Arc", "Aspen", "Basis", "Bold", "Breeze", "Classic", "Coast", "Core", "Dune", "Echo", "Edge", "Element",
	"Ember", "Field", "Flint", "Grove", "Harbour", "Hearth", "Ion", "Lark", "Linea", "Lumen", "Meadow", "Metro", "Mono",
	"North", "Nova", "Orbit", "Pebble", "Plain", "Prime", "Pro", "Quiet", "Ridge", "Slate", "Solo", "Terra", "Trail",
	"Vale", "Vista", "Wild",
}

var firstNames = []string{
	"Ada", "Ahmed", "Alice", "Amara", "Ana", "Anders", "Bea", "Boris", "Carla", "Chen", "Clara", "Dario", "Elif", "Emil",
	"Emma", "Farah", "Finn", "Greta", "Hana", "Hugo", "Ines", "Ivan", "Jan", "Jonas", "Julia", "Kai", "Lea", "Leo",
	"Lina", "Luca", "Maja", "Marco", "Maria", "Mateo", "Mia", "Nadia", "Nils", "Noor", "Olga", "Omar", "Oskar", "Petra",
	"Priya", "Rosa", "Sam", "Sofia", "Tomas", "Vera", "Wanda", "Yusuf",
}

// texts are openings of reviews by rating.
var texts = [6][]string{
	1: {
		"Broke within a week.", "Not what was pictured.", "I sent it back the same day.", "Arrived damaged, and again.",
		"A waste of money.", "It never worked.",
	},
	2: {
		"Disappointing for the price.", "It works, but only just.", "Feels cheaper than it looks.", "Would not buy it again.",
		"The old model was better.", "It has one job and does half of it.",
	},
	3: {
		"It does what it says, no more.", "Good idea, average execution.", "Fine for occasional use.", "Some good, some bad.",
		"Neither here nor there.", "You get what you pay for.",
	},
	4: {
		"Very good, with one small flaw.", "Solid and well thought out.", "Nearly perfect.", "Better than I expected.",
		"I am happy with it.", "A sensible choice.",
	},
	5: {
		"Exactly what I was looking for.", "Outstanding quality.", "I bought a second one for my sister.",
		"Simply the best I have had.", "Could not be happier.", "Worth every cent.",
	},
}

var details = []string{
	"Delivery took two days.", "The instructions are short and clear.", "The colour is darker than in the photographs.",
	"I have used it every day for a month.", "It is lighter than it looks.", "My children use it more than I do.",
	"The packaging could be less generous.", "It fits where the old one stood.", "Customer service answered within an hour.",
	"The handle could be longer.", "It is easy to clean.", "The finish shows fingerprints.", "It is quieter than I feared.",
	"A spare part came in the box.", "I compared three before I chose it.", "It survived a fall from the table.",
	"The size chart is accurate.", "It smells a little at first, then no more.", "The seams are neat.", "I wish it came in green.",
}
