package ogc_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// GDAL's driver reads every collection, page by page, finds the fields in the
// order of the schema, and filters.
func gdalReads(s *server) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		s.Skip("no ogrinfo: install gdal-bin")
	}
	run := func(args ...string) string {
		out, err := exec.CommandContext(s.Context(), ogrinfo, args...).CombinedOutput() //nolint:gosec // our own arguments
		if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
			s.Errorf("ogrinfo %q: %v\n%.3000s", args, err, out)
		}
		return string(out)
	}
	layers := run("-ro", "-q", "OAPIF:"+s.base)
	for _, id := range allCollections {
		if !strings.Contains(layers, id) {
			s.Errorf("no %s in %s", id, layers)
		}
		summary := run("-ro", "-so", "-oo", "PAGE_SIZE=20", "OAPIF:"+s.base, id)
		if n, known := rowsOf[id]; known && !strings.Contains(summary, "Feature Count: "+strconv.Itoa(n)+"\n") {
			s.Errorf("%s: not %d features\n%s", id, n, summary)
		}
		if !strings.Contains(summary, "Geometry: Multi Polygon") || !strings.Contains(summary, "ellipsoidal_area_m2: Real") {
			s.Errorf("%s: %s", id, summary)
		}
		// The driver follows next to the end.
		all := run("-ro", "-al", "-q", "-geom=NO", "-oo", "PAGE_SIZE=20", "OAPIF:"+s.base, id)
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^  id \(String\) = (\S+)$`).FindAllStringSubmatch(all, -1) {
			ids[m[1]] = true
		}
		if n, known := rowsOf[id]; known && len(ids) != n {
			s.Errorf("%s: %d features read, want %d", id, len(ids), n)
		}
	}
	if got := run("-ro", "-so", "-where", "rule = 'unapproved'", "OAPIF:"+s.base, "finding"); !strings.Contains(got, "Feature Count: 12\n") {
		s.Errorf("filtered: %s", got)
	}
	if got := run("-ro", "-so", "-spat", "110.2", "40.3", "110.3", "40.4", "OAPIF:"+s.base, "water_source"); !strings.Contains(got, "Feature Count: 2\n") {
		s.Errorf("in a box: %s", got)
	}
}
