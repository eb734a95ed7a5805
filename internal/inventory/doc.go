// Package inventory knows what belongs into a list of who calls which model:
// the hosts of AI APIs, which host a client span went to, what is approved, and
// how the list is stored. It counts nothing, and reads no GenAI attributes.
package inventory
