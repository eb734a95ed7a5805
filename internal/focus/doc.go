// Package focus makes Cost and Usage rows of the FinOps Open Cost and Usage
// Specification (FOCUS) out of a ledger, and writes them as files that other
// tools load. A row is what one meter of one price was used for in one charge
// period and for one allocation; its costs are unit price times quantity, exact.
// What cannot be told so is counted in the summary, never estimated.
package focus
