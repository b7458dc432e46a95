package ingest

import "testing"

func TestSplitMethod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, method, mineral string }{
		{"露天+煤矿", "open_pit", "煤矿"},
		{"露天＋煤矿", "open_pit", "煤矿"},
		{"露天/煤", "open_pit", "煤"},
		{"露天 煤矿", "open_pit", "煤矿"},
		{"露天、煤炭", "open_pit", "煤炭"},
		{"露天煤矿", "open_pit", "煤矿"},
		{"露天开采，石灰岩", "open_pit", "石灰岩"},
		{"井工开采煤", "underground", "煤"},
		{"煤矿（露天）", "open_pit", "煤矿"},
		{"煤/井工", "underground", "煤"},
		{"露天+井工+煤矿", "open_pit_and_underground", "煤矿"},
		{"露天/地下 煤", "open_pit_and_underground", "煤"},
		{"露天+某种矿石", "open_pit", "某种矿石"},
		{"露天", "open_pit", ""},
		{"井工开采", "underground", ""},
		{"煤矿", "", ""},
		{"地下水", "", ""}, // not mined underground
		{"露采某种矿石", "", ""},
		{"", "", ""},
	} {
		method, mineral, ok := splitMethod(c.text)
		if method != c.method || mineral != c.mineral || ok != (c.method != "") {
			t.Errorf("%q: %q %q %v, want %q %q", c.text, method, mineral, ok, c.method, c.mineral)
		}
	}
}

func TestCanonicalWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string
		known      bool
	}{
		{"煤", "煤矿", true},
		{"煤炭", "煤矿", true},
		{"石灰岩、煤", "石灰石、煤矿", true},
		{"煤，煤炭", "煤矿", true},
		{"煤、某种矿石", "煤、某种矿石", false},
		{"+", "+", false},
	} {
		if got, known := canonicalWords("mineral", c.text); (got != c.want && known) || known != c.known {
			t.Errorf("%q: %q %v, want %q %v", c.text, got, known, c.want, c.known)
		}
	}
}
