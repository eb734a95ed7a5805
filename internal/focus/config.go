package focus

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// SchemaV1 is the schema of the configuration file.
const SchemaV1 = "tokencost.focus/v1"

// Config is what only the organisation knows: its accounts, what the columns
// that allocate costs hold, and names of providers and models of its own.
type Config struct {
	Schema         string                   `yaml:"schema"`
	BillingAccount Account                  `yaml:"billing_account"` // of providers without one of their own
	Accounts       map[string]Account       `yaml:"accounts"`        // by provider
	Allocation     Allocation               `yaml:"allocation"`
	Providers      map[string]ProviderNames `yaml:"providers"`
	Models         map[string]ModelNames    `yaml:"models"` // by provider/model
	BilledCost     string                   `yaml:"billed_cost"`
}

// The values of Config.BilledCost.
const (
	BilledExpected = "expected" // what the invoice is expected to say
	BilledZero     = "zero"     // nothing, for data that is merged with the provider's own
)

// Account is a billing account.
type Account struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Type string `yaml:"type"`
}

// Allocation says which columns hold which fields of the ledger.
type Allocation struct {
	Tags       map[string]string `yaml:"tags"` // key: source
	SubAccount SubAccount        `yaml:"sub_account"`
	Columns    map[string]string `yaml:"columns"` // x_Name: source
}

// SubAccount makes a field of the ledger the sub account.
type SubAccount struct {
	From string `yaml:"from"`
	Type string `yaml:"type"`
}

// allTags is the source that stands for every further attribute of the ledger.
const allTags = "tags.*"

// defaultTags are the tags of rows unless configured.
func defaultTags() map[string]string {
	return map[string]string{
		"service": "service_name", "environment": "environment", "team": "team", "feature": "feature", "customer": "customer", "agent": "agent", "*": allTags,
	}
}

// ReadConfig reads a configuration file. What is not in it may be set before it is
// validated.
func ReadConfig(data []byte) (*Config, error) {
	var c Config
	if err := decode(data, &c); err != nil {
		return nil, fmt.Errorf("focus configuration: %w", err)
	}
	if c.Schema != SchemaV1 {
		return nil, fmt.Errorf("focus configuration: schema %q is not known; use %s", c.Schema, SchemaV1)
	}
	return &c, nil
}

var customColumn = regexp.MustCompile(`^x_[A-Za-z0-9]{1,48}$`)

// Validate completes the configuration and says what is wrong with it.
func (c *Config) Validate() error {
	if c.Allocation.Tags == nil {
		c.Allocation.Tags = defaultTags()
	}
	if c.BilledCost == "" {
		c.BilledCost = BilledExpected
	}
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("focus: "+format, args...)) }
	if c.BilledCost != BilledExpected && c.BilledCost != BilledZero {
		wrong("billed_cost %q is not allowed; use %s or %s", c.BilledCost, BilledExpected, BilledZero)
	}
	if c.BillingAccount.ID == "" {
		wrong("billing_account: id is missing; rows must name the account that is billed")
	}
	for provider, a := range c.Accounts {
		if a.ID == "" {
			wrong("accounts: %s: id is missing", provider)
		}
	}
	types := 0
	for _, a := range c.accounts() {
		if a.Type != "" {
			types++
		}
	}
	if types != 0 && types != len(c.accounts()) {
		wrong("accounts: type is given for some and missing for others; BillingAccountType may not be null")
	}
	for key, source := range c.Allocation.Tags {
		if err := checkSource(source, true); err != nil {
			wrong("allocation: tags: %s: %w", key, err)
		}
	}
	for name, source := range c.Allocation.Columns {
		if !customColumn.MatchString(name) {
			wrong("allocation: columns: %q is no name of a custom column; use x_ and at most 48 letters and digits", name)
		}
		if slices.Contains(ownColumns, name) {
			wrong("allocation: columns: %s is written anyway; use another name", name)
		}
		if err := checkSource(source, false); err != nil {
			wrong("allocation: columns: %s: %w", name, err)
		}
	}
	if s := c.Allocation.SubAccount; s.From != "" {
		if err := checkSource(s.From, false); err != nil {
			wrong("allocation: sub_account: %w", err)
		}
		if s.Type == "" {
			wrong("allocation: sub_account: type is missing, such as Team; SubAccountType may not be null")
		}
	}
	return errors.Join(errs...)
}

func (c *Config) accounts() []Account {
	out := []Account{c.BillingAccount}
	for _, a := range c.Accounts {
		out = append(out, a)
	}
	return out
}

// unbilled tells whether rows have no billed cost: because someone else bills. 1.2
// asks that of charges that a third party invoices (BilledCost, 1.2).
func (c *Config) unbilled(v Version, names *ProviderNames) bool {
	return c.BilledCost == BilledZero || v == V12 && names.Issuer != names.Name
}

// accountOf returns the account that a provider bills.
func (c *Config) accountOf(provider string) Account {
	if a, ok := c.Accounts[provider]; ok {
		return a
	}
	return c.BillingAccount
}

func checkSource(source string, all bool) error {
	if strings.HasPrefix(source, "tags.") && (all || source != allTags) {
		return nil
	}
	names := sources()
	if slices.Contains(names, source) {
		return nil
	}
	return fmt.Errorf("%q is no field of the ledger; use %s or tags.KEY", source, strings.Join(names, ", "))
}

// sources lists the fields of a context that columns may hold: all but those
// that other columns are made of.
func sources() []string {
	var out []string
	for _, f := range ledger.Fields {
		if f.Name != "tags" && f.Name != "calculated_by" {
			out = append(out, f.Name)
		}
	}
	return out
}
