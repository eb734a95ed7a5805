package decimal

import "testing"

func TestLiteralsAreReadExactly(t *testing.T) {
	for literal, want := range map[string]Decimal{
		"2.5e-06": "0.0000025", "3": "3", "10.0": "10", "0": "0", "0.000": "0", "1e-12": "0.000000000001", "1.3E2": "130",
		"0.30000000000000004":               "0.3", // the tail of a float
		"0.00000060000000000000010":         "0.0000006",
		"0.00000024999999999999999":         "0.00000025",
		"123456.789012":                     "123456.789012",
		"0.003625":                          "0.003625",
		"1200000000000000000":               "1200000000000000000",
		"0.0000000000000000000000000000125": "0.0000000000000000000000000000125",
	} {
		if got, err := Parse(literal); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", literal, got, err, want)
		}
	}
}

func TestWhatIsNoPriceIsRefused(t *testing.T) {
	for _, literal := range []string{"", "-1", "1/3", "0x10", "1_000", "free", ".inf", "NaN"} {
		if got, err := Parse(literal); err == nil {
			t.Errorf("Parse(%q) = %q, want an error", literal, got)
		}
	}
}

func TestShiftTurnsPerTokenIntoPerMillion(t *testing.T) {
	if got := MustParse("2.5e-06").Shift(6); got != "2.5" {
		t.Errorf("got %s, want 2.5", got)
	}
	if got := MustParse("10").Shift(-3); got != "0.01" {
		t.Errorf("got %s, want 0.01", got)
	}
}

func TestRatiosTellWhetherTheyAreShort(t *testing.T) {
	if r, short := MustParse("1.25").Over("2.5"); r != "0.5" || !short {
		t.Errorf("1.25/2.5 = %s, %v", r, short)
	}
	if r, short := MustParse("0.25").Over("0.15"); r != "1.66666666667" || short {
		t.Errorf("0.25/0.15 = %s, %v", r, short)
	}
	if r, short := MustParse("1").Over("0"); r != "" || short {
		t.Errorf("1/0 = %s, %v", r, short)
	}
}
