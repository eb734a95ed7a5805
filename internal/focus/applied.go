package focus

import (
	"encoding/json"
	"math/big"
)

// application is what a charge counts for in a contract.
type application struct {
	contract, commitment string
	cost                 *big.Rat // of Spend
	quantity             *big.Rat // of Usage
	unit                 string
}

// json writes the column ContractApplied. 1.3 spells two of its keys with ID.
func (a *application) json(v Version) string {
	id := "Id"
	if v == V13 {
		id = "ID"
	}
	element := map[string]any{"Contract" + id: a.contract, "ContractCommitment" + id: a.commitment}
	if a.cost != nil {
		element["ContractCommitmentAppliedCost"] = json.RawMessage(formatDecimal(a.cost))
	} else {
		element["ContractCommitmentAppliedQuantity"] = json.RawMessage(formatDecimal(a.quantity))
		element["ContractCommitmentAppliedUnit"] = a.unit
	}
	text, _ := json.Marshal(map[string]any{"Elements": []any{element}}) // numbers were written above
	return string(text)
}
