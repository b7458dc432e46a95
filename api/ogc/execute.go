package ogc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/job"
)

// An ExecutionError is what is wrong with a request to execute a process, all of
// it: 400, as the standard says.
type ExecutionError struct{ Faults []ingest.Fault }

func (e *ExecutionError) Error() string {
	return fmt.Sprintf("%d faults in the execution", len(e.Faults))
}

// Faults gathered while an execution is read.
func (e *ExecutionError) add(location, code, message string) {
	if runes := []rune(strings.ToValidUTF8(location, "\uFFFD")); len(runes) > maxName {
		location = string(runes[:maxName]) + "…"
	}
	e.Faults = append(e.Faults, ingest.Fault{Location: location, Code: code, Message: message})
}

// How values and results are given.
const (
	raw         = "raw"
	document    = "document"
	byValue     = "value"
	byReference = "reference"
)

// A manner is in which form results are to be given.
type manner struct {
	Response string         `json:"response"`
	Outputs  []outputManner `json:"outputs"`
}

// An outputManner is that of one of them; MediaType is empty where none was asked for.
type outputManner struct {
	Name        string `json:"name"`
	ByReference bool   `json:"by_reference"`
	MediaType   string `json:"media_type"`
}

// An execution is a request to execute a process, read.
type execution struct {
	of *process
	in inputs
	manner
}

// execute carries a process out, or begins it.
func (s *service) execute(q request) error {
	p, err := knownProcess(chi.URLParam(q.Request, "processId"))
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	e, err := s.readExecution(q, p)
	if err != nil {
		return err
	}
	if p.begin == nil {
		return s.writeResults(q, results{of: p, in: e.in, manner: e.manner})
	}
	x, err := s.begin(q, e)
	if err != nil {
		return err
	}
	if prefersAsync(q.Header.Values("Prefer")) {
		q.w.Header().Set("Location", q.jobAddress(x))
		q.w.Header().Set("Preference-Applied", "respond-async")
		q.w.Header().Set("Content-Type", jsonType)
		body, err := encode(q.status(x))
		if err != nil {
			return err
		}
		q.w.WriteHeader(http.StatusCreated)
		_, _ = q.w.Write(body) // the client may be gone
		return nil
	}
	q.w.Header().Add("Link", fmt.Sprintf("<%s>; rel=monitor; type=%q", q.jobAddress(x), jsonType))
	if x, err = s.waited(q, x); err != nil {
		return err
	}
	return s.writeResults(q, results{of: p, execution: x, manner: e.manner})
}

// begin makes a job of an execution.
func (s *service) begin(q request, e execution) (x job.Execution, err error) {
	var reply bytes.Buffer
	if err := s.ask(q, e.of.begin(e.in, e.manner), &reply, nil); err != nil {
		return x, err
	}
	var made struct{ ID int64 }
	if err := json.Unmarshal(reply.Bytes(), &made); err != nil {
		return x, fmt.Errorf("begin %s: %w", e.of.id, err)
	}
	runID, jobID := made.ID, int64(0)
	if e.of.id != job.ProcessOverlay {
		runID, jobID = 0, made.ID
	}
	kept, err := json.Marshal(e.manner)
	if err != nil {
		return x, err
	}
	if err := s.Pipeline.KeepWanted(q.Context(), runID, jobID, kept); err != nil {
		return x, err
	}
	return s.Pipeline.Execution(q.Context(), runID, jobID)
}

// lookEvery is how often a job is looked at that a client waits for.
const lookEvery = 200 * time.Millisecond

// waited is the execution when it is over, ErrStillExecuting when it takes longer
// than a request may. Who hangs up ends the waiting and not the job.
func (s *service) waited(q request, x job.Execution) (job.Execution, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for x.FinishedAt == nil {
		select {
		case <-q.Context().Done():
		case <-tick.C:
		}
		now, err := s.Pipeline.Execution(q.Context(), x.RunID, x.JobID)
		switch {
		case errors.Is(q.Context().Err(), context.DeadlineExceeded):
			return x, ErrStillExecuting
		case err != nil:
			return x, err
		}
		x = now
	}
	return x, nil
}

// prefersAsync reports whether the client would rather not wait (RFC 7240).
func prefersAsync(prefer []string) bool {
	for word := range strings.SplitSeq(strings.Join(prefer, ","), ",") {
		word, _, _ = strings.Cut(word, ";")
		if strings.EqualFold(strings.TrimSpace(word), "respond-async") {
			return true
		}
	}
	return false
}

// readExecution reads the body of a request; *ExecutionError holds all that is
// wrong with it.
func (s *service) readExecution(q request, p *process) (execution, error) {
	e := execution{of: p, in: inputs{}, manner: manner{Response: raw}}
	var faults ExecutionError
	body, err := io.ReadAll(http.MaxBytesReader(q.w, q.Body, record.MaxRequestBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return e, ErrTooLarge
	case err != nil:
		return e, ErrBrokenOff
	}
	var said struct {
		inputs, outputs map[string]json.RawMessage
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		faults.add("body", "bad-format", "应为一个 JSON 对象，含 inputs。")
		return e, &faults
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var err error
		switch name {
		case "inputs":
			err = json.Unmarshal(members[name], &said.inputs)
		case "outputs":
			err = json.Unmarshal(members[name], &said.outputs)
		case "response":
			if err = json.Unmarshal(members[name], &e.Response); err == nil && e.Response != raw && e.Response != document {
				faults.add(name, "not-in-list", "只能是以下之一：raw、document。")
			}
		case "subscriber":
			faults.add(name, "unsupported", "不向所给的网址回报；请查看任务的状态。")
		default:
			faults.add(name, "unknown-field", "没有这一项，请检查拼写。")
		}
		if err != nil {
			faults.add(name, "wrong-type", "类型不正确。")
		}
	}
	s.readInputs(q, &e, said.inputs, &faults)
	readOutputs(&e, said.outputs, &faults)
	if len(faults.Faults) > 0 {
		return e, &faults
	}
	return e, nil
}

func (s *service) readInputs(q request, e *execution, said map[string]json.RawMessage, faults *ExecutionError) {
	for _, name := range slices.Sorted(maps.Keys(said)) {
		at := slices.IndexFunc(e.of.inputs, func(i processInput) bool { return i.name == name })
		if at < 0 {
			faults.add("inputs."+name, "unknown-field", "这个过程没有这一项输入，请检查拼写。")
			continue
		}
		i := e.of.inputs[at]
		values := []json.RawMessage{said[name]}
		if i.most > 0 && bytes.HasPrefix(bytes.TrimSpace(said[name]), []byte("[")) {
			_ = json.Unmarshal(said[name], &values) // an array, as the whole was read
		}
		for n, v := range values {
			values[n] = s.value(q, i, v, faults)
		}
		e.in[name] = values[0]
		if i.most > 0 {
			e.in[name], _ = json.Marshal(values) // as they were read
		}
	}
	for _, i := range e.of.inputs {
		if _, given := said[i.name]; i.required && !given {
			faults.add("inputs."+i.name, "missing", "缺少这一项，请填写。")
		}
	}
}

// value is a value that stands there, is wrapped with what is said of it, or is
// referred to.
func (s *service) value(q request, i processInput, v json.RawMessage, faults *ExecutionError) json.RawMessage {
	var wrapped map[string]json.RawMessage
	if json.Unmarshal(v, &wrapped) != nil {
		return v
	}
	if inner, ok := wrapped["value"]; ok {
		return inner
	}
	if _, ok := wrapped["href"]; !ok {
		return v
	}
	var href, mediaType string
	_ = json.Unmarshal(wrapped["href"], &href) // "" is no address of ours
	_ = json.Unmarshal(wrapped["type"], &mediaType)
	if i.schema["contentMediaType"] != geoJSONType || mediaType != "" && mediaType != geoJSONType && mediaType != jsonType {
		faults.add("inputs."+i.name, "bad-reference", "这一项输入须直接写出，或引用的类型不符。")
		return v
	}
	referred, err := s.referred(q, href)
	if err != nil {
		faults.add("inputs."+i.name, "bad-reference", "只能引用本服务 /ogc/collections 下的要素，且须取得到；不访问其他网址。")
		return v
	}
	return referred
}

// referred is what is at an address of our own collections. No other is asked: who
// sends a request is not to choose where the service goes.
func (s *service) referred(q request, href string) (json.RawMessage, error) {
	u, err := url.Parse(href)
	if err != nil {
		return nil, err
	}
	u = q.self.ResolveReference(u)
	// Behind a proxy the service's addresses begin with what only the proxy knows.
	address, here := strings.CutPrefix(u.Scheme+"://"+u.Host+u.RequestURI(), strings.TrimSuffix(q.base, Path))
	if !here || !strings.HasPrefix(address, Path+"/collections/") || u.User != nil {
		return nil, errors.New("an address of somewhere else")
	}
	var out bounded
	if err := s.ask(q, asking{method: http.MethodGet, address: address, accept: geoJSONType}, &out, nil); err != nil {
		return nil, err
	}
	if out.full || !json.Valid(out.Bytes()) {
		return nil, errors.New("no GeoJSON, or too much of it")
	}
	return out.Bytes(), nil
}

// A bounded takes what a request might hold, and of more only notes it.
type bounded struct {
	bytes.Buffer
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.full = b.full || b.Len()+len(p) > record.MaxRequestBytes; b.full {
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// An outputJSON is what an execution says of an output.
type outputJSON struct {
	TransmissionMode string
	Format           struct{ MediaType string }
}

// readOutputs reads what is wanted, in the order of the description: everything by
// value where nothing is said.
func readOutputs(e *execution, said map[string]json.RawMessage, faults *ExecutionError) {
	for _, o := range e.of.outputs {
		text, asked := said[o.name]
		if len(said) > 0 && !asked {
			continue
		}
		var v outputJSON
		if asked && json.Unmarshal(text, &v) != nil {
			faults.add("outputs."+o.name, "wrong-type", "类型不正确。")
			continue
		}
		if mode := v.TransmissionMode; mode != "" && mode != byValue && (mode != byReference || e.of.byValueOnly) {
			faults.add("outputs."+o.name+".transmissionMode", "not-in-list", "只能是过程说明中 outputTransmission 所列的。")
		}
		if _, had := o.form(v.Format.MediaType); !had {
			faults.add("outputs."+o.name+".format", "not-in-list", "不能按所要的格式给出。可用的格式见过程说明。")
		}
		e.Outputs = append(e.Outputs, outputManner{o.name, v.TransmissionMode == byReference, v.Format.MediaType})
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if _, known := e.of.output(name); !known {
			faults.add("outputs."+name, "unknown-field", "这个过程没有这一项输出，请检查拼写。")
		}
	}
}
