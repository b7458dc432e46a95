package api

import (
	"mime"
	"strconv"
	"strings"
)

// negotiate chooses among the offered media types by an Accept header (RFC
// 9110 §12.5.1): the one of highest quality, of equals the first offered; ""
// when none is acceptable. Without a header the first offered is chosen.
func negotiate(accept, offered []string) string {
	header := strings.Join(accept, ",")
	if strings.TrimSpace(header) == "" {
		return offered[0]
	}
	best, bestQ := "", 0.0
	for _, o := range offered {
		if q := quality(header, o); q > bestQ {
			best, bestQ = o, q
		}
	}
	return best
}

// quality is that of the most specific range that the media type falls in.
func quality(header, mediaType string) float64 {
	q, specific := 0.0, 0
	family, _, _ := strings.Cut(mediaType, "/")
	for item := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(strings.TrimSpace(item))
		if err != nil {
			continue
		}
		how := 0
		switch name {
		case mediaType:
			how = 3
		case family + "/*":
			how = 2
		case "*/*":
			how = 1
		}
		if how <= specific {
			continue
		}
		specific, q = how, 1
		if text, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				q = 0
			}
		}
	}
	return q
}
