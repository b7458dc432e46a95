package ingest

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/taohe-gis/taohe"
)

// methodSeparators stand between a mining method and a mineral, and between
// minerals.
const methodSeparators = "+/、,;·-—|和及与:"

// methodSpellings are the spellings of mining methods, longest first, so that
// 露天+井工 is not taken for 露天.
var methodSpellings = sync.OnceValue(func() []string {
	var all []string
	for n := range TheCatalogue().codeOf["mining_method"] {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	return all
})

// splitMethod takes a mining method off one end of a text such as 露天+煤矿,
// 露天/煤, 露天 煤矿, 井工开采煤 or 煤矿(露天). Without anything between the two, the rest
// must be a mineral of the list: 地下水 is not mined underground.
func splitMethod(text string) (method, mineral string, ok bool) {
	text = strings.TrimSpace(toHalfWidth(text))
	blanks := strings.ContainsAny(text, " \t(")
	compact := normaliseName(text)
	for _, spelling := range methodSpellings() {
		for _, cut := range []func(string, string) (string, bool){strings.CutPrefix, strings.CutSuffix} {
			rest, found := cut(compact, spelling)
			if !found {
				continue
			}
			method = TheCatalogue().codeOf["mining_method"][spelling]
			bare := strings.Trim(rest, methodSeparators)
			if bare == "" {
				return method, "", true
			}
			if _, known := canonicalWords("mineral", bare); known || bare != rest || blanks {
				return method, bare, true
			}
		}
	}
	return "", "", false
}

// canonicalWords is a word of a list, or several, in the spelling that is
// printed, and whether all of them are of the list; else the text as written.
func canonicalWords(list, text string) (string, bool) {
	c := TheCatalogue()
	if word, ok := c.Code(list, text); ok {
		return word, true
	}
	var words []string
	for _, part := range strings.FieldsFunc(toHalfWidth(text), func(r rune) bool { return strings.ContainsRune(methodSeparators+" ", r) }) {
		word, ok := c.Code(list, part)
		if !ok {
			return text, false
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, "、"), len(words) > 0
}

// readMethod sets the mining method of a row, and its mineral where the same cell
// names both. What cannot be told apart is kept as it is written, as the mineral.
func (n *normaliser) readMethod(values []any, method int, text, column string) *taohe.Diagnostic {
	mineral := slices.IndexFunc(n.req.spec.Fields, func(f Field) bool { return f.Name == "mineral" })
	combined := column != "" && n.reader.mapping.Columns["mineral"] == column
	note := func(code string, args map[string]string) *taohe.Diagnostic {
		return &taohe.Diagnostic{Code: code, Field: column, Args: args}
	}
	code, rest, ok := splitMethod(text)
	switch {
	case ok && rest == "":
		values[method] = code
		return nil
	case ok:
		values[method] = code
		word, known := canonicalWords("mineral", rest)
		values[mineral] = word // a column of minerals, if there is one, comes later and wins
		switch {
		case !known:
			return note("field.unknown_word", map[string]string{"title": n.req.spec.Fields[mineral].Title, "value": rest})
		case !combined:
			return note("field.method_with_mineral", map[string]string{"value": text})
		}
		return nil
	case !combined:
		return note("field.unknown_code", map[string]string{"title": n.req.spec.Fields[method].Title, "value": text})
	}
	word, known := canonicalWords("mineral", text)
	values[mineral] = word
	if known {
		return note("field.method_missing", map[string]string{"value": text})
	}
	return note("field.method_mineral_unclear", map[string]string{"value": text})
}
