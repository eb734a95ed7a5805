// Package content finds the recorded text of what went into a call and what
// came out of it, in the keys of any dialect, and passes it on piece by piece
// to be counted. It keeps nothing, builds nothing from what it reads, and
// returns no text: content is read while it stands in the telemetry, and only
// where the configuration asks for it.
//
// A span may carry the same content in several vocabularies. One is read, the
// first of a fixed order that has text for the side: see vocabularies. Of
// provider bodies and message lists only the members that the provider turns
// into tokens are read: see members. Images, audio and files are no text; they
// are left out and said to be.
package content
