package ogc

import (
	"bytes"
	"compress/gzip"
	"strings"
)

// Gzip is the one content coding that is spoken, as RFC 9110, 8.4.1.3 names it.
const Gzip = "gzip"

// TakesGzip reports whether a header names gzip and does not refuse it. What it
// says of others, or of all with *, needs no answer: there is always the file as it is.
func TakesGzip(header []string) bool {
	for item := range strings.SplitSeq(strings.Join(header, ","), ",") {
		coding, quality, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(item), " ", ""), ";q=")
		if coding == Gzip {
			return strings.Trim(quality, "0.") != "" || quality == ""
		}
	}
	return false
}

// compressed is a body in that coding; half of a tile is the same few bytes again.
func compressed(body []byte) ([]byte, error) {
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err = w.Close()
	return small.Bytes(), err
}
