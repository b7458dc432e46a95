package ogc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/internal/job"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

const (
	processesRelation  = "http://www.opengis.net/def/rel/ogc/1.0/processes"
	jobListRelation    = "http://www.opengis.net/def/rel/ogc/1.0/job-list"
	executeRelation    = "http://www.opengis.net/def/rel/ogc/1.0/execute"
	resultsRelation    = "http://www.opengis.net/def/rel/ogc/1.0/results"
	exceptionsRelation = "http://www.opengis.net/def/rel/ogc/1.0/exceptions"
)

// statusWords are the standard's words for the states of runs and jobs.
var statusWords = []struct{ ours, theirs, title string }{
	{job.Queued, "accepted", "排队"},
	{job.Running, "running", "进行中"},
	{job.Complete, "successful", "完成"},
	{job.Failed, "failed", "系统故障"},
	{job.Cancelled, dismissed, "已取消"},
}

const dismissed = "dismissed"

// A statusJSON is the state of a job as the standard writes it.
type statusJSON struct {
	ProcessID string     `json:"processID"`
	Type      string     `json:"type"`
	JobID     string     `json:"jobID"`
	Status    string     `json:"status"`
	Message   string     `json:"message"`
	Created   time.Time  `json:"created"`
	Started   *time.Time `json:"started,omitempty"`
	Finished  *time.Time `json:"finished,omitempty"`
	Progress  int        `json:"progress"`
	Links     []link     `json:"links"`
}

// jobID is what an execution is called: run-12, or job-3.
func jobID(x job.Execution) string {
	if x.JobID > 0 {
		return "job-" + strconv.FormatInt(x.JobID, 10)
	}
	return "run-" + strconv.FormatInt(x.RunID, 10)
}

func (q *request) jobAddress(x job.Execution) string { return q.base + "/jobs/" + jobID(x) }

// status is how an execution is.
func (q *request) status(x job.Execution) statusJSON {
	at := slices.IndexFunc(statusWords, func(w struct{ ours, theirs, title string }) bool { return w.ours == x.Status })
	word := statusWords[at]
	s := statusJSON{
		ProcessID: x.Process, Type: "process", JobID: jobID(x), Status: word.theirs, Message: word.title,
		Created: x.CreatedAt, Started: x.StartedAt, Finished: x.FinishedAt,
	}
	if x.Total > 0 {
		s.Progress = 100 * (x.Done + x.Failed) / x.Total
		s.Message += fmt.Sprintf("：共 %d 项，已完成 %d 项", x.Total, x.Done)
	}
	if x.Failed > 0 {
		s.Message += fmt.Sprintf("，未能完成 %d 项", x.Failed)
	}
	if x.Error != "" {
		s.Message += "（" + x.Error + "）"
	}
	ours := "/v1/runs/" + strconv.FormatInt(x.RunID, 10)
	if x.JobID > 0 {
		ours = "/v1/jobs/" + strconv.FormatInt(x.JobID, 10)
	}
	path := "/jobs/" + jobID(x)
	s.Links = []link{
		{q.address(path, "json"), "monitor", jsonType, "状态"},
		{q.self.Scheme + "://" + q.self.Host + ours, "related", jsonType, "详情"},
		{q.address("/processes/"+x.Process, ""), "up", jsonType, "过程"},
	}
	switch x.Status {
	case job.Complete:
		s.Progress = 100
		s.Links = append(s.Links, link{q.address(path+"/results", ""), resultsRelation, jsonType, "结果"})
	case job.Failed:
		s.Links = append(s.Links, link{q.address(path+"/results", ""), exceptionsRelation, "application/problem+json", "故障"})
	}
	return s
}

// jobOf is the execution of a request's path, or ErrNoSuchJob.
func (s *service) jobOf(q request) (job.Execution, error) {
	kind, number, _ := strings.Cut(chi.URLParam(q.Request, "jobId"), "-")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != number || kind != "run" && kind != "job" {
		return job.Execution{}, ErrNoSuchJob
	}
	runID, onesJob := id, int64(0)
	if kind == "job" {
		runID, onesJob = 0, id
	}
	x, err := s.Pipeline.Execution(q.Context(), runID, onesJob)
	if errors.Is(err, pipeline.ErrNotFound) {
		return x, ErrNoSuchJob
	}
	return x, err
}

func (s *service) getJob(q request) error {
	x, err := s.jobOf(q)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	v := q.status(x)
	v.Links = append(q.selves(), v.Links...)
	q.setLinks(v.Links)
	return s.write(q, v, "job", v)
}

// dismiss cancels a job, or deletes one that is over with what it made. Of the
// runs only those upon data that nobody accepted can be deleted.
func (s *service) dismiss(q request) error {
	x, err := s.jobOf(q)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	a := asking{method: http.MethodDelete, address: "/v1/jobs/" + strconv.FormatInt(x.JobID, 10)}
	if x.JobID == 0 {
		a.address = "/v1/runs/" + strconv.FormatInt(x.RunID, 10)
		if x.FinishedAt == nil {
			a.method, a.address = http.MethodPost, a.address+"/cancel"
		}
	}
	if err := s.ask(q, a, &bytes.Buffer{}, nil); err != nil {
		return err
	}
	x.Status = job.Cancelled
	v := q.status(x)
	if again, err := s.Pipeline.Execution(q.Context(), x.RunID, x.JobID); err == nil {
		again.Status = job.Cancelled
		v = q.status(again)
	}
	body, err := encode(v)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", jsonType)
	_, _ = q.w.Write(body) // the client may be gone
	return nil
}

// jobListParameters are those of the list of jobs.
var jobListParameters = []string{"f", "limit", "cursor", "type", "processID", "status", "datetime", "minDuration", "maxDuration"}

// listed are the values of a parameter that may be repeated, or have commas.
func (r *reading) listed(name string) (all []string) {
	for _, v := range r.values[name] {
		all = append(all, strings.Split(v, ",")...)
	}
	return all
}

// readJobs reads the parameters of a request for jobs; none says that no job can be
// chosen by them.
func readJobs(r *reading) (c job.Choice, none bool) {
	repeated := []string{"type", "processID", "status"}
	for name, values := range r.values {
		switch {
		case !slices.Contains(jobListParameters, name):
			r.fault(name, "unknown-field", "没有这个参数，请检查拼写。")
		case len(values) > 1 && !slices.Contains(repeated, name):
			r.fault(name, "given-twice", "这一项只能写一次。")
		}
	}
	c.Most = r.limit()
	if types := r.listed("type"); len(types) > 0 && !slices.Contains(types, "process") {
		none = true
	}
	c.Processes = r.listed("processID")
	for _, v := range r.listed("status") {
		at := slices.IndexFunc(statusWords, func(w struct{ ours, theirs, title string }) bool { return w.theirs == v })
		if at < 0 {
			r.fault("status", "not-in-list", "只能是以下之一：accepted、running、successful、failed、dismissed。")
			continue
		}
		c.Statuses = append(c.Statuses, statusWords[at].ours)
	}
	c.MinS, c.MaxS = r.seconds("minDuration"), r.seconds("maxDuration")
	c.CreatedFrom, c.CreatedTo = r.period("datetime")
	if r.values.Has("cursor") {
		text, err := base64.RawURLEncoding.DecodeString(r.values.Get("cursor"))
		var at job.Place
		if err != nil || json.Unmarshal(text, &at) != nil || at.CreatedAt.IsZero() {
			r.fault("cursor", "bad-format", "不是本服务给出的翻页位置，请从第一页重新开始。")
		}
		c.Before = &at
	}
	return c, none
}

// seconds is a duration; nil where there is none.
func (r *reading) seconds(name string) *float64 {
	if !r.values.Has(name) {
		return nil
	}
	const most = 1e9 // thirty years
	n, err := strconv.Atoi(r.values.Get(name))
	if err != nil || n < 0 || n > most {
		r.fault(name, "out-of-range", "应为秒数，不小于 0 的整数。")
		return nil
	}
	return new(float64(n))
}

// period is a time, or two with / between; a date is the whole day in China, a
// time the second that it names.
func (r *reading) period(name string) (from, to *time.Time) {
	if !r.values.Has(name) {
		return nil, nil
	}
	first, last, isInterval := strings.Cut(r.values.Get(name), "/")
	if !isInterval {
		last = first
	}
	bad := func() (*time.Time, *time.Time) {
		r.fault(name, "bad-date", "应为一个日期或时刻，或用 / 分开的两个，例如 2022-05-31T08:00:00+08:00/..")
		return nil, nil
	}
	open := func(s string) bool { return isInterval && (s == "" || s == "..") }
	begins, ends := moment(first), moment(last)
	if begins.IsZero() && !open(first) || ends.IsZero() && !open(last) || open(first) && open(last) {
		return bad()
	}
	if !open(first) {
		from = &begins
	}
	if !open(last) {
		ends = ends.Add(time.Second - time.Microsecond)
		if !strings.Contains(last, "T") {
			ends = ends.Add(24*time.Hour - time.Second)
		}
		to = &ends
	}
	if from != nil && to != nil && to.Before(*from) {
		return bad()
	}
	return from, to
}

// moment is a date, at its beginning in China, or a timestamp; zero for what is
// neither.
func moment(s string) time.Time {
	if at := instantOf(s); at.IsZero() || strings.Contains(s, "T") {
		return at
	}
	return instantOf(s + "T00:00:00+08:00")
}

func (s *service) getJobs(q request) error {
	r := &reading{values: q.self.Query()}
	choice, none := readJobs(r)
	if err := r.err(); err != nil {
		return err
	}
	v := struct {
		Jobs  []statusJSON `json:"jobs"`
		Links []link       `json:"links"`
	}{Jobs: []statusJSON{}, Links: q.selves()}
	if !none {
		limit := choice.Most
		choice.Most++
		all, err := s.Pipeline.Executions(q.Context(), choice)
		if err != nil {
			return err
		}
		if len(all) > limit {
			all = all[:limit]
			at, err := json.Marshal(all[limit-1].Place())
			if err != nil {
				return err
			}
			next := q.self
			values := next.Query()
			values.Set("cursor", base64.RawURLEncoding.EncodeToString(at))
			next.RawQuery = values.Encode()
			v.Links = append(v.Links, link{next.String(), "next", q.contentType(), "下一页"})
		}
		for _, x := range all {
			one := q.status(x)
			one.Links = append([]link{{q.address("/jobs/"+one.JobID, ""), "self", jsonType, one.JobID}}, one.Links...)
			v.Jobs = append(v.Jobs, one)
		}
	}
	q.setLinks(v.Links)
	return s.write(q, v, "jobs", v)
}
