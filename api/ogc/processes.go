package ogc

import (
	"errors"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
)

// An exception is a refusal that the standard has a name for.
type exception struct{ name, uri string }

func (e *exception) Error() string { return e.name }

func named(name string) *exception {
	return &exception{name, "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/" + name}
}

// Refusals of processes and jobs, given to Fail.
var (
	ErrNoSuchProcess  error = named("no-such-process")
	ErrNoSuchJob      error = named("no-such-job")
	ErrResultNotReady error = named("result-not-ready")
	// ErrNoSuchOutput is the name that the second version of the standard gives it.
	ErrNoSuchOutput    = errors.New("no such output")
	ErrExecutionFailed = errors.New("the execution failed")
	// ErrStillExecuting is of an execution that goes on though its client is not kept
	// waiting any longer.
	ErrStillExecuting = errors.New("the execution goes on")
	ErrTooLarge       = errors.New("the execution is too large")
	ErrBrokenOff      = errors.New("the execution broke off")
)

// ExceptionType is the address by which a standard names a refusal, "" where none
// does.
func ExceptionType(err error) string {
	if e := (*exception)(nil); errors.As(err, &e) {
		return e.uri
	}
	return ""
}

// processRoutes are those of OGC API – Processes.
func (s *service) processRoutes(r chi.Router) {
	r.Get("/processes", s.handle(s.getProcesses, jsonType, htmlType))
	r.Get("/processes/{processId}", s.handle(s.getProcess, jsonType, htmlType))
	r.Post("/processes/{processId}/execution", s.act(s.execute))
	r.Get("/jobs", s.handle(s.getJobs, jsonType, htmlType))
	r.Get("/jobs/{jobId}", s.handle(s.getJob, jsonType, htmlType))
	r.Delete("/jobs/{jobId}", s.act(s.dismiss))
	r.Get("/jobs/{jobId}/results", s.act(s.getResults))
	r.Get("/jobs/{jobId}/results/{outputId}", s.act(s.getOutput))
}

// act is handle for what has no media type, or one that was settled elsewhere; a
// browser is shown a page where there is one.
func (s *service) act(answer func(request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := s.newRequest(w, r, jsonType, htmlType)
		if err := q.settle(s.Negotiate); errors.Is(err, ErrNotAcceptable) {
			q.as = jsonType
		} else if err != nil {
			s.Fail(w, r, err)
			return
		}
		if err := answer(q); err != nil {
			s.reject(q, err)
		}
	}
}

// A processJSON is a process as the standard describes one, in short without
// inputs and outputs.
type processJSON struct {
	ID                 string               `json:"id"`
	Version            string               `json:"version"`
	Title              string               `json:"title"`
	Description        string               `json:"description"`
	JobControlOptions  []string             `json:"jobControlOptions"`
	OutputTransmission []string             `json:"outputTransmission"`
	Links              []link               `json:"links"`
	Inputs             map[string]inputJSON `json:"inputs,omitempty"`
	Outputs            map[string]valueJSON `json:"outputs,omitempty"`
	// For pages, which keep the order.
	InputsInOrder  []processInput  `json:"-"`
	OutputsInOrder []processOutput `json:"-"`
}

type valueJSON struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Schema      object `json:"schema"`
}

type inputJSON struct {
	valueJSON
	MinOccurs int `json:"minOccurs"`
	MaxOccurs int `json:"maxOccurs"`
}

func (s *service) summary(q request, p *process) processJSON {
	v := processJSON{
		ID: p.id, Version: s.Version, Title: p.title, Description: p.description,
		JobControlOptions: []string{"sync-execute"}, OutputTransmission: []string{byValue},
	}
	if p.begin != nil {
		v.JobControlOptions = append(v.JobControlOptions, "async-execute", "dismiss")
	}
	if !p.byValueOnly {
		v.OutputTransmission = append(v.OutputTransmission, byReference)
	}
	v.Links = []link{{q.base + "/processes/" + p.id + "/execution", executeRelation, jsonType, "执行"}}
	return v
}

// describe is the whole of a process.
func (s *service) describe(q request, p *process) processJSON {
	v := s.summary(q, p)
	v.Inputs, v.Outputs = map[string]inputJSON{}, map[string]valueJSON{}
	v.InputsInOrder, v.OutputsInOrder = p.inputs, p.outputs
	for _, i := range p.inputs {
		one := inputJSON{valueJSON{i.title, i.description, i.described()}, 0, max(i.most, 1)}
		if i.required {
			one.MinOccurs = 1
		}
		v.Inputs[i.name] = one
	}
	for _, o := range p.outputs {
		v.Outputs[o.name] = valueJSON{o.title, o.description, o.described()}
	}
	return v
}

// described is the schema of one value, with an example where there is one.
func (i processInput) described() object {
	schema := object{}
	for name, v := range i.schema {
		schema[name] = v
	}
	if i.example != nil && i.most == 0 {
		schema["example"] = i.example
	}
	return schema
}

// described is the schema of an output, of each of its forms.
func (o processOutput) described() object {
	if len(o.forms) == 1 {
		return o.forms[0].schema
	}
	var all []object
	for _, f := range o.forms {
		all = append(all, f.schema)
	}
	return object{"oneOf": all}
}

func (s *service) getProcesses(q request) error {
	r := &reading{values: q.self.Query()}
	r.only(func(name string) bool { return slices.Contains([]string{"f", "limit", "cursor"}, name) })
	limit, first := r.limit(), 0
	if r.values.Has("cursor") {
		at := slices.IndexFunc(processes, func(p process) bool { return p.id == r.values.Get("cursor") })
		if first = at + 1; at < 0 {
			r.fault("cursor", "bad-format", "不是本服务给出的翻页位置，请从第一页重新开始。")
		}
	}
	if err := r.err(); err != nil {
		return err
	}
	v := struct {
		Processes []processJSON `json:"processes"`
		Links     []link        `json:"links"`
	}{[]processJSON{}, q.selves()}
	last := min(first+limit, len(processes))
	for i := range processes[first:last] {
		p := &processes[first+i]
		one := s.summary(q, p)
		one.Links = append([]link{{q.address("/processes/"+p.id, ""), "self", jsonType, p.title}}, one.Links...)
		v.Processes = append(v.Processes, one)
	}
	if last < len(processes) {
		next := q.self
		values := next.Query()
		values.Set("cursor", processes[last-1].id)
		next.RawQuery = values.Encode()
		v.Links = append(v.Links, link{next.String(), "next", q.contentType(), "下一页"})
	}
	q.setLinks(v.Links)
	return s.write(q, v, "processes", v)
}

func (s *service) getProcess(q request) error {
	p, err := knownProcess(chi.URLParam(q.Request, "processId"))
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	v := s.describe(q, p)
	v.Links = append(q.selves(), v.Links...)
	q.setLinks(v.Links)
	return s.write(q, v, "process", v)
}

// resultsPage shows where the outputs of a job are.
func (s *service) resultsPage(q request, r results) error {
	type output struct{ Title, Description, Address string }
	v := struct {
		Status  statusJSON
		Outputs []output
	}{Status: q.status(r.execution)}
	for _, o := range r.of.outputs {
		v.Outputs = append(v.Outputs, output{o.title, o.description, r.reference(q, outputManner{Name: o.name})})
	}
	return s.writePage(q, "results", v)
}
