package money

import "regexp"

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// IsCurrency tells whether a text has the form of a code of ISO 4217, such as USD. Which codes
// there are is not checked: they come and go.
func IsCurrency(code string) bool { return currencyCode.MatchString(code) }
