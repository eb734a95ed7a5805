// Package interaction adds up what one action of a user caused: the calls of
// one trace, and optionally of one conversation. It keeps actions open for a
// while within fixed bounds, because their spans come in any order and in any
// batches, decides the role of every call when an action is closed, and hands
// the action on once. Amounts stay exact. It knows neither prices nor metrics.
package interaction
