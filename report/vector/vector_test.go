package vector

import "testing"

// What a table cannot hold is cut between characters, and says so.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		bytes int
		want  string
	}{
		{"长原煤矿", 12, "长原煤矿"}, {"长原煤矿有", 12, "长原煤…"}, {"长原煤矿有", 14, "长原煤…"}, {"abcdef", 5, "ab…"}, {"", 5, ""},
	} {
		if got := cut(tt.text, tt.bytes); got != tt.want {
			t.Errorf("%q in %d bytes: %q", tt.text, tt.bytes, got)
		}
	}
}
