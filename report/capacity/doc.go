// Package capacity answers how much a service can take, what limits it, how many of them a demand needs and what they
// cost. Everything is computed from runs that were measured, on models whose source stands beside each of them, and every
// fitted figure carries its uncertainty. Refusing is an answer: where the data cannot tell, the model says why.
//
// Rates are in requests per second and times in seconds unless a type says otherwise. Intervals are 95 %.
package capacity
