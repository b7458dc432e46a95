package ogc

import (
	"bufio"
	"encoding/json"
	"iter"
	"time"

	"github.com/go-chi/chi/v5"
)

// getItems answers with features. They are written as they are read, so that a
// page of ten thousand takes no more memory than one of ten.
func (s *service) getItems(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	p, err := s.items(q.Request, c)
	if err != nil {
		return err
	}
	links := append(q.selves(), link{q.address("/collections/"+c.id, ""), "collection", jsonType, c.title})
	next := p.next(&q.self)
	if next != "" {
		links = append(links, link{next, "next", q.as, "下一页"})
	}
	q.setLinks(links)
	q.setContentCRS(p.asked.crs)
	if q.wantsHTML() {
		return s.itemsPage(q, &p, next)
	}
	head := struct {
		Type           string    `json:"type"`
		Links          []link    `json:"links"`
		TimeStamp      time.Time `json:"timeStamp"`
		NumberMatched  *int      `json:"numberMatched,omitempty"`
		NumberReturned int       `json:"numberReturned"`
	}{"FeatureCollection", links, p.snapshot.at.UTC(), p.matched, len(p.ids)}
	text, err := encode(head)
	if err != nil {
		return err
	}
	q.stream(func(w *bufio.Writer) error { return writeCollection(w, text, s.features(q.Context(), &p, true)) })
	return nil
}

func (q *request) setContentCRS(c crs) { q.w.Header().Set("Content-Crs", "<"+c.uri+">") }

// writeCollection writes features into a collection whose other members are
// given, an object and a line feed.
func writeCollection(w *bufio.Writer, head []byte, features iter.Seq2[feature, error]) error {
	_, _ = w.Write(head[:len(head)-2]) // an error stays with the writer
	_, _ = w.WriteString(`,"features":[`)
	separator := "\n"
	for f, err := range features {
		if err != nil {
			return err
		}
		_, _ = w.WriteString(separator)
		separator = ",\n"
		if err := f.write(w, ""); err != nil {
			return err
		}
	}
	_, err := w.WriteString("\n]}\n")
	return err
}

// write writes a feature; links is empty, or JSON of its links.
func (f feature) write(w *bufio.Writer, links string) error {
	id, err := json.Marshal(f.ID)
	if err != nil {
		return err
	}
	geometry := "null"
	if f.Geometry != nil {
		geometry = *f.Geometry
	}
	for _, s := range []string{`{"type":"Feature","id":`, string(id)} {
		_, _ = w.WriteString(s)
	}
	if links != "" {
		_, _ = w.WriteString(`,"links":` + links)
	}
	for _, s := range []string{`,"geometry":`, geometry, `,"properties":`, f.Properties, "}"} {
		if _, err = w.WriteString(s); err != nil {
			return err
		}
	}
	return nil
}

// getItem answers with one feature.
func (s *service) getItem(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	p, f, err := s.item(q.Request, c, chi.URLParam(q.Request, "featureId"))
	if err != nil {
		return err
	}
	links := append(q.selves(), link{q.address("/collections/"+c.id, ""), "collection", jsonType, c.title})
	q.setLinks(links)
	q.setContentCRS(p.asked.crs)
	if q.wantsHTML() {
		return s.itemPage(q, &p, f)
	}
	text, err := json.Marshal(links)
	if err != nil {
		return err
	}
	q.stream(func(w *bufio.Writer) error { return f.write(w, string(text)) })
	return nil
}
