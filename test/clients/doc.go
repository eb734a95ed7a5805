// Package clients runs real, unmodified instrumentations and agents against a
// loopback mock of the providers' APIs, through the built Collector, and compares
// what token_cost says they cost with what the mock has billed.
//
// It needs Node 20 with npm, the binaries, and for some clients Python:
//
//	make e2e-clients
//
// README.md says what is run and how to add a client. Without TOKENCOST_CLIENTS
// only what needs no client is tested.
package clients
