package ogc

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/job"
)

// results are the outputs of what was executed: of a job, or of inputs alone.
type results struct {
	of        *process
	in        inputs
	execution job.Execution
	manner
}

// asks is the request that an output is the answer to.
func (r results) asks(w outputManner) (processOutput, asking) {
	o, _ := r.of.output(w.Name)
	f, _ := o.form(w.MediaType)
	return o, o.of(r.in, r.execution, f)
}

// reference is the address of an output.
func (r results) reference(q request, w outputManner) string {
	if r.of.begin != nil {
		return q.jobAddress(r.execution) + "/results/" + w.Name
	}
	_, a := r.asks(w)
	return q.self.Scheme + "://" + q.self.Host + a.address
}

// mediaType is that of an output before it is made; "" for one whose form is
// settled by what makes it.
func (r results) mediaType(w outputManner) string {
	if r.of.id == job.ProcessPaper {
		return w.MediaType
	}
	o, _ := r.of.output(w.Name)
	f, _ := o.form(w.MediaType)
	return f.mediaType
}

// writeResults answers with results as they are wanted. Where a job has none it
// says why.
func (s *service) writeResults(q request, r results) error {
	if r.of.begin != nil {
		switch r.execution.Status {
		case job.Complete:
		case job.Failed:
			return fmt.Errorf("%w: %s", ErrExecutionFailed, r.execution.Error)
		default:
			return ErrResultNotReady
		}
	}
	references := 0
	for _, w := range r.Outputs {
		if w.ByReference {
			references++
		}
	}
	switch {
	case r.Response == document:
		return s.writeDocument(q, r)
	case references == len(r.Outputs):
		for _, w := range r.Outputs {
			q.w.Header().Add("Link", fmt.Sprintf("<%s>; rel=%q", r.reference(q, w), w.Name))
		}
		q.w.WriteHeader(http.StatusNoContent)
		return nil
	case len(r.Outputs) == 1:
		return s.writeValue(q, r, r.Outputs[0])
	}
	return s.writeParts(q, r)
}

func (r results) title(w outputManner) string {
	o, _ := r.of.output(w.Name)
	return o.title
}

// writeOutput writes an output to to. begin, which may be nil, hears its media type
// before the first byte.
func (s *service) writeOutput(q request, r results, out outputManner, to io.Writer, begin func(mediaType, disposition string)) error {
	o, a := r.asks(out)
	if o.member != "" {
		var whole bytes.Buffer
		if err := s.ask(q, a, &whole, nil); err != nil {
			return err
		}
		var members map[string]any
		if err := json.Unmarshal(whole.Bytes(), &members); err != nil {
			return fmt.Errorf("output %s: %w", o.name, err)
		}
		if begin != nil {
			begin(o.forms[0].mediaType+charset, "")
		}
		_, err := fmt.Fprint(to, members[o.member])
		return err
	}
	return s.ask(q, a, to, func(h http.Header) {
		if begin != nil {
			begin(h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
	})
}

// writeValue answers with one output as it is.
func (s *service) writeValue(q request, r results, w outputManner) error {
	return s.writeOutput(q, r, w, q.w, func(mediaType, disposition string) {
		q.w.Header().Set("Content-Type", mediaType)
		if disposition != "" {
			q.w.Header().Set("Content-Disposition", disposition)
		}
	})
}

// A replyBody is written by and by. While none of it is on its way a refusal can
// still take its place.
type replyBody struct {
	*bufio.Writer
	to   http.ResponseWriter
	sent bool
}

func newReplyBody(w http.ResponseWriter, mediaType string) *replyBody {
	b := &replyBody{to: w}
	b.Writer = bufio.NewWriterSize(onItsWay{b}, 32<<10)
	w.Header().Set("Content-Type", mediaType)
	return b
}

type onItsWay struct{ b *replyBody }

func (o onItsWay) Write(p []byte) (int, error) {
	o.b.sent = true
	return o.b.to.Write(p)
}

// failed is err where it can be answered with; else the connection is broken off, so
// that nobody takes half for the whole.
func (b *replyBody) failed(err error) error {
	if err != nil && b.sent {
		panic(fmt.Errorf("write reply: %w", err))
	}
	if err != nil {
		b.to.Header().Del("Content-Type")
	}
	return err
}

// writeParts answers with several outputs, each a part (RFC 2387).
func (s *service) writeParts(q request, r results) error {
	b := newReplyBody(q.w, "")
	parts := multipart.NewWriter(b)
	q.w.Header().Set("Content-Type", fmt.Sprintf("multipart/related; boundary=%q", parts.Boundary()))
	for _, w := range r.Outputs {
		header := textproto.MIMEHeader{"Content-Id": {"<" + w.Name + ">"}}
		if w.ByReference {
			header.Set("Content-Location", r.reference(q, w))
			if _, err := parts.CreatePart(header); err != nil {
				return b.failed(err)
			}
			continue
		}
		part := &later{}
		err := s.writeOutput(q, r, w, part, func(mediaType, _ string) {
			header.Set("Content-Type", mediaType)
			part.Writer, part.err = parts.CreatePart(header)
		})
		if err != nil {
			return b.failed(err)
		}
	}
	if err := parts.Close(); err != nil {
		return b.failed(err)
	}
	return b.failed(b.Flush())
}

// A later is a writer that is settled when the first byte comes.
type later struct {
	io.Writer
	err error
}

func (l *later) Write(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	return l.Writer.Write(p)
}

// writeDocument answers with all outputs in one JSON object.
func (s *service) writeDocument(q request, r results) error {
	b := newReplyBody(q.w, jsonType)
	separator := "{"
	for _, w := range r.Outputs {
		if w.ByReference {
			to := map[string]string{"href": r.reference(q, w), "title": r.title(w)}
			if mediaType := r.mediaType(w); mediaType != "" {
				to["type"] = mediaType
			}
			link, err := json.Marshal(to)
			if err != nil {
				return b.failed(err)
			}
			_, _ = fmt.Fprintf(b, "%s%q:%s", separator, w.Name, link) // an error stays until Flush
		} else {
			v := &inDocument{w: b.Writer}
			err := s.writeOutput(q, r, w, v, func(mediaType, _ string) {
				_, _ = fmt.Fprintf(b, "%s%q:", separator, w.Name) // likewise
				v.begin(mediaType)
			})
			if err == nil {
				err = v.end()
			}
			if err != nil {
				return b.failed(err)
			}
		}
		separator = ",\n"
	}
	_, _ = b.WriteString("}\n")
	return b.failed(b.Flush())
}

// An inDocument writes a value into a JSON document: an object as it is, a text as
// a string, a file in base64, the first and the last with what they are.
type inDocument struct {
	w      *bufio.Writer
	to     io.Writer
	finish string
	base64 io.Closer
}

func (d *inDocument) begin(mediaType string) {
	bare, _, _ := mime.ParseMediaType(mediaType)
	kind, _ := json.Marshal(bare) // a word
	switch {
	case bare == textType:
		d.to, d.finish = escaped{d.w}, `"`
		_, _ = d.w.WriteString(`"`)
	case strings.HasPrefix(bare, "text/"):
		d.to, d.finish = escaped{d.w}, `","mediaType":`+string(kind)+"}"
		_, _ = d.w.WriteString(`{"value":"`)
	case bare == jsonType || strings.HasSuffix(bare, "+json"):
		d.to, d.finish = d.w, `,"mediaType":`+string(kind)+"}"
		_, _ = d.w.WriteString(`{"value":`)
	default:
		coded := base64.NewEncoder(base64.StdEncoding, d.w)
		d.to, d.base64, d.finish = coded, coded, `","encoding":"base64","mediaType":`+string(kind)+"}"
		_, _ = d.w.WriteString(`{"value":"`)
	}
}

func (d *inDocument) Write(p []byte) (int, error) { return d.to.Write(p) }

func (d *inDocument) end() error {
	if d.base64 != nil {
		if err := d.base64.Close(); err != nil {
			return err
		}
	}
	_, err := d.w.WriteString(d.finish)
	return err
}

// An escaped writes UTF-8 into a JSON string.
type escaped struct{ w *bufio.Writer }

func (e escaped) Write(p []byte) (int, error) {
	for _, c := range p {
		var err error
		switch {
		case c == '"' || c == '\\':
			_, err = e.w.Write([]byte{'\\', c})
		case c < 0x20:
			_, err = fmt.Fprintf(e.w, `\u%04x`, c)
		default:
			err = e.w.WriteByte(c)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// getResults answers with what a job made, as it was asked for.
func (s *service) getResults(q request) error {
	r, err := s.resultsOf(q)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	if q.as == htmlType {
		return s.resultsPage(q, r)
	}
	return s.writeResults(q, r)
}

// getOutput answers with one output of a job.
func (s *service) getOutput(q request) error {
	r, err := s.resultsOf(q)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	name := chi.URLParam(q.Request, "outputId")
	one := outputManner{Name: name}
	for _, w := range r.Outputs {
		if w.Name == name {
			one.MediaType = w.MediaType
		}
	}
	if _, known := r.of.output(name); !known {
		return ErrNoSuchOutput
	}
	r.manner = manner{Response: raw, Outputs: []outputManner{one}}
	return s.writeResults(q, r)
}

// resultsOf are those of the job of a request's path. Of one that was begun
// otherwise, all outputs are wanted, by reference.
func (s *service) resultsOf(q request) (results, error) {
	x, err := s.jobOf(q)
	if err != nil {
		return results{}, err
	}
	p, err := knownProcess(x.Process)
	if err != nil {
		return results{}, err
	}
	r := results{of: p, execution: x}
	if x.Wanted != nil {
		if err := json.Unmarshal(x.Wanted, &r.manner); err != nil {
			return r, fmt.Errorf("execution: %w", err)
		}
		return r, nil
	}
	r.Response = document
	for _, o := range p.outputs {
		r.Outputs = append(r.Outputs, outputManner{Name: o.name, ByReference: true})
	}
	return r, nil
}
