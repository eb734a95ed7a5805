package check

import (
	"encoding/json"
	"strings"
)

// details reads SkuPriceDetails; nil if it is null or no object, which is told
// by its format.
func (r *row) details() map[string]any {
	d, _ := flat([]byte(r.values["SkuPriceDetails"]))
	return d
}

func jsonRules() []rule {
	return []rule{
		{
			id: "details-keys", column: "SkuPriceDetails", text: "keys must begin with x_ unless the specification defines them",
			broken: func(r *row) bool {
				for key := range r.details() {
					if !strings.HasPrefix(key, "x_") && !definedKey(key, r.draft) {
						return true
					}
				}
				return false
			},
		},
		{
			id: "details-custom", column: "SkuPriceDetails", text: "must use the key that the draft defines instead of a custom one of the same meaning",
			broken: func(r *row) bool {
				for key := range r.details() {
					if name, custom := strings.CutPrefix(key, "x_"); custom && r.draft && definedKey(name, true) {
						return true
					}
				}
				return false
			},
		},
		{
			id: "token-direction", column: "SkuPriceDetails", text: `TokenDirection must be "Input" or "Output", of what is metered in tokens`,
			broken: func(r *row) bool {
				d, ok := r.token("TokenDirection")
				return ok && (d != "Input" && d != "Output" || !r.tokens())
			},
		},
		{
			id: "token-cache-action", column: "SkuPriceDetails", text: `TokenCacheAction must be "Uncached", "Read", "Write" or "Other", and only of tokens of a request`,
			broken: func(r *row) bool {
				a, ok := r.token("TokenCacheAction")
				direction, _ := r.token("TokenDirection")
				return ok && (a != "Uncached" && a != "Read" && a != "Write" && a != "Other" || direction == "Output")
			},
		},
		{
			id: "contract-applied", column: "ContractApplied", text: "must have Elements, objects with the ids of contract and commitment and what was applied",
			broken: func(r *row) bool { return !r.null("ContractApplied") && !r.contracts() },
		},
	}
}

// token reads a key of the draft, with or without x_.
func (r *row) token(key string) (string, bool) {
	d := r.details()
	for _, name := range []string{key, "x_" + key} {
		if v, ok := d[name]; ok {
			s, _ := v.(string)
			return s, true
		}
	}
	return "", false
}

func (r *row) tokens() bool { return strings.HasSuffix(r.values["PricingUnit"], "Tokens") }

// contracts checks the object of ContractApplied. 1.3 spells ids ID; 1.4 allows a
// cost or a quantity with its unit, not both.
func (r *row) contracts() bool {
	var doc struct{ Elements []json.RawMessage }
	if json.Unmarshal([]byte(r.values["ContractApplied"]), &doc) != nil || len(doc.Elements) == 0 {
		return false
	}
	id := "Id"
	if r.version == "1.3" {
		id = "ID"
	}
	for _, text := range doc.Elements {
		e, err := flat(text)
		if err != nil {
			return false
		}
		_, cost := e["ContractCommitmentAppliedCost"].(json.Number)
		_, quantity := e["ContractCommitmentAppliedQuantity"].(json.Number)
		name, hasUnit := e["ContractCommitmentAppliedUnit"].(string)
		contract, _ := e["Contract"+id].(string)
		commitment, _ := e["ContractCommitment"+id].(string)
		switch {
		case contract == "", commitment == "", !cost && !quantity, quantity != hasUnit, hasUnit && name == "", cost && quantity && r.version >= "1.4":
			return false
		}
		for key := range e {
			switch key {
			case "Contract" + id, "ContractCommitment" + id, "ContractCommitmentAppliedCost", "ContractCommitmentAppliedQuantity", "ContractCommitmentAppliedUnit":
			default:
				if !strings.HasPrefix(key, "x_") {
					return false
				}
			}
		}
	}
	return true
}
