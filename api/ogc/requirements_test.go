package ogc_test

import (
	"slices"
	"testing"
)

// A requirement of a standard, by its identifier, and what shows that it is met.
type requirement struct {
	id    string
	check func(*server)
}

// A part is a standard with its requirements.
type part struct {
	name         string
	requirements []requirement
}

// parts are those that are read; of Processes see TestProcesses.
func parts() []part {
	return []part{
		{"ogcapi-features-1", slices.Concat(coreRequirements, featuresRequirements, formRequirements)},
		{"ogcapi-features-2", crsRequirements},
		{"ogcapi-features-3", filterRequirements},
		{"ogcapi-features-5", slices.Concat(schemaRequirements, moreSchemaRequirements)},
		{"ogcapi-tiles-1", slices.Concat(tileRequirements, moreTileRequirements)},
		{"cql2", cqlRequirements},
		{"clients", []requirement{{"GDAL", gdalReads}, {"QGIS", qgisReads}, {"docs/ogc.md", documentedAddresses}, {"filters drawn by lot", noFilterBreaks}}},
	}
}

// Every requirement of every declared class, on the sample county, and a client. Expected
// values are those of its files, counted in them by hand or with GDAL, and
// expected.json, which comes from how the county was drawn.
func TestRequirements(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, part := range parts() {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range part.requirements {
				t.Run(r.id, func(t *testing.T) {
					t.Parallel()
					r.check(s.in(t))
				})
			}
		})
	}
}

// equal compares lists as sets.
func equal[T ~string](s *server, what string, got, want []T) {
	s.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		s.Errorf("%s: %v, want %v", what, got, want)
	}
}

// values are those of a property of all features.
func (c featureCollection) values(name string) (all []string) {
	for _, f := range c.Features {
		v, _ := f.Properties[name].(string)
		all = append(all, v)
	}
	return all
}

// counted checks how many features match and are shown.
func (s *server) counted(matched, returned int, collection string, pairs ...string) featureCollection {
	s.Helper()
	c := s.items(collection, pairs...)
	if c.NumberMatched == nil || *c.NumberMatched != matched || c.NumberReturned == nil || *c.NumberReturned != returned || len(c.Features) != returned {
		s.Errorf("%s %q: matched %v, returned %v, %d features; want %d, %d", collection, pairs, c.NumberMatched, c.NumberReturned, len(c.Features), matched, returned)
	}
	return c
}
