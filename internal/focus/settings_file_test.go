package focus

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMistakeInAFileNamesLineAndKeyAndNoTypeOfTheProgram(t *testing.T) {
	for text, want := range map[string]string{
		"schema: tokencost.focus/v1\nbiling_account: {id: a}": `focus configuration: line 2: "biling_account" is not a known key`,
		"billing_account: [a]":                                "focus configuration: line 1: a list is no value of the kind that its key has",
		"billing_account: acct-1":                             `focus configuration: line 1: "acct-1" is no value of the kind that its key has`,
		"schema: {a: b}":                                      "focus configuration: line 1: a mapping is no value of the kind that its key has",
		"":                                                    `focus configuration: schema "" is not known; use tokencost.focus/v1`,
	} {
		_, err := ReadConfig([]byte(text))
		assert.EqualError(t, err, want, text)
	}
	_, err := ParseCommitments([]byte("schema: tokencost.commitments/v1\ncomitments: []\nmore: 1"))
	require.EqualError(t, err, "commitments: line 2: \"comitments\" is not a known key\nline 3: \"more\" is not a known key")
}
