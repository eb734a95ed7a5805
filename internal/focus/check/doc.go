// Package check tells whether a file of Cost and Usage rows conforms to a
// version of the FinOps Open Cost and Usage Specification. It is written from
// the requirements of the specification and shares nothing with what writes such
// files: neither its columns, nor its arithmetic.
package check
