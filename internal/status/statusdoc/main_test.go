package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPageIsCurrent(t *testing.T) {
	got, err := os.ReadFile("../../../docs/statuses.md")
	require.NoError(t, err)
	assert.Equal(t, page(), string(got), "docs/statuses.md is out of date; run go generate ./internal/status")
}
