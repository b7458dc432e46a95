package ingest_test

import (
	"strings"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/taohe-gis/taohe/ingest"
)

const square = `{"type":"Polygon","coordinates":[[[109,40],[110,40],[110,41],[109,41],[109,40]]]}`

func TestParseFootprint(t *testing.T) {
	t.Parallel()
	const squareWKT = "MULTIPOLYGON (((109 40, 110 40, 110 41, 109 41, 109 40)))"
	for _, tt := range []struct {
		name, text, date, ground, err string
	}{
		{"every date", "whole-county", "", "", ""},
		{"one date", "2021-06-30=whole-county", "2021-06-30", "", ""},
		{"a polygon", "2021-06-30=" + square, "2021-06-30", squareWKT, ""},
		{"spaces", " 2021-06-30 = " + square, "2021-06-30", squareWKT, ""},
		{"a feature", `2021-06-30={"type":"Feature","properties":{},"geometry":` + square + "}", "2021-06-30", squareWKT, ""},
		{
			"two polygons with heights", `2021-06-30={"type":"MultiPolygon","coordinates":[[[[0,0,9],[1,0,9],[1,1,9],[0,0,9]]],[[[5,5],[6,5],[6,6],[5,5]]]]}`,
			"2021-06-30", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "",
		},
		{"another word", "county", "", "", "want whole-county"},
		{"no such day", "2021-06-31=whole-county", "", "", "want YYYY-MM-DD"},
		{"not JSON", "2021-06-30=county", "", "", "not GeoJSON"},
		{"a line", `2021-06-30={"type":"LineString","coordinates":[[0,0],[1,1]]}`, "", "", "want a GeoJSON Polygon"},
		{"open ring", `2021-06-30={"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`, "", "", "does not close"},
		{"two corners", `2021-06-30={"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}`, "", "", "fewer than four"},
		{"metres", `2021-06-30={"type":"Polygon","coordinates":[[[500000,0],[500001,0],[500001,1],[500000,0]]]}`, "", "", "not a longitude"},
		{"one ordinate", `2021-06-30={"type":"Polygon","coordinates":[[[0],[1,0],[1,1],[0]]]}`, "", "", "not a longitude"},
		{"no rings", `2021-06-30={"type":"Polygon","coordinates":[]}`, "", "", "without rings"},
		{"no polygons", `2021-06-30={"type":"MultiPolygon","coordinates":[]}`, "", "", "no polygon"},
		{"nested features", `2021-06-30={"type":"Feature","geometry":{"type":"Feature","geometry":` + square + "}}", "", "", "inside a feature"},
		{"no geometry", `2021-06-30={"type":"Feature","geometry":null}`, "", "", "want a GeoJSON Polygon"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ingest.ParseFootprint(tt.text)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, want an error with %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ground := ""
			if got.Ground != nil {
				if ground, err = wkt.Marshal(got.Ground); err != nil {
					t.Fatal(err)
				}
			}
			if got.ImagedOn.String() != tt.date || ground != tt.ground {
				t.Errorf("got %s %s, want %s %s", got.ImagedOn, ground, tt.date, tt.ground)
			}
		})
	}
}

func FuzzParseFootprint(f *testing.F) {
	f.Add("whole-county")
	f.Add("2021-06-30=" + square)
	f.Add(`2021-06-30={"type":"Feature","geometry":null}`)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ingest.ParseFootprint(s)
		if err == nil && got.Ground != nil && got.Ground.NumPolygons() == 0 {
			t.Errorf("%q is ground without polygons", s)
		}
	})
}
