package geo

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// The texts in testdata were written by gdalsrsinfo (GDAL 3.6.2, PROJ 9.1.1):
// esri.txt as Esri WKT 1 for every system of the Chinese families and of
// SIRGAS 2000, ogc.txt as OGC WKT 1 and WKT 2 (2015, 2018) for some of each.
func readSystems(t testing.TB, path string) map[int][]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]string{}
	for line := range strings.Lines(string(b)) {
		code, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.Atoi(code)
		if !ok || err != nil {
			t.Fatalf("%s: line %q", path, line)
		}
		out[n] = append(out[n], text)
	}
	return out
}

func TestIdentifyWhatGDALWrites(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"testdata/esri.txt", "testdata/ogc.txt"} {
		for code, texts := range readSystems(t, path) {
			want := mustEPSG(t, code)
			for _, text := range texts {
				got, notes, err := IdentifyWKT(text)
				if err != nil {
					t.Errorf("EPSG:%d: %v", code, err)
					continue
				}
				// A 3D system is taken for its horizontal axes, so only its 2D sister
				// is named.
				if !got.sameCoordinates(want) || (!strings.Contains(want.Name, "3D") && want.Datum != DatumITRF && got != want) {
					t.Errorf("EPSG:%d:\n got %+v\nwant %+v", code, got, want)
				}
				for _, n := range notes {
					if n.Code != NoteTakenAsCGCS2000 {
						t.Errorf("EPSG:%d: unexpected note %v\n%s", code, n, text)
					}
				}
			}
		}
	}
}
