package api_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/taohe-gis/taohe/api"
)

// listed goes through all that an address lists, and adds up what each line measures:
// of mines the ground of the class that is asked for.
func (s *service) listed(list string) (count int, m2 float64) {
	s.Helper()
	type area struct {
		M2 float64 `json:"ellipsoidal_area_m2"`
	}
	type page struct {
		Items []struct {
			area
			Classes []struct {
				Class string
				area
			}
			Measured *area
		}
		Next *string
	}
	query, err := url.Parse(list)
	if err != nil {
		s.Fatal(err)
	}
	for address := &list; address != nil; {
		p := want[page](s.T, s.get(*address), http.StatusOK)
		for _, i := range p.Items {
			count++
			m2 += i.M2
			if i.Measured != nil {
				m2 += i.Measured.M2
			}
			for _, c := range i.Classes {
				if c.Class == query.Query().Get("class") {
					m2 += c.M2
				}
			}
		}
		address = p.Next
	}
	return count, m2
}

// agrees follows the address of a figure: it lists as many, which measure as much
// up to what two places round off each line.
func (s *service) agrees(of string, f api.StatisticsFigure) {
	s.Helper()
	count, m2 := s.listed(f.List)
	if count != f.Count {
		s.Errorf("%s %s: %d, and %s lists %d", of, f.Code, f.Count, f.List, count)
	}
	if f.EllipsoidalAreaM2 != nil && math.Abs(*f.EllipsoidalAreaM2-m2) > 0.005*float64(count+1) {
		s.Errorf("%s %s: %v m², and %s lists %v", of, f.Code, *f.EllipsoidalAreaM2, f.List, m2)
	}
	if f.EllipsoidalAreaM2 != nil && math.Abs(*f.Mu-*f.EllipsoidalAreaM2*3/2000) > 0.0051 {
		s.Errorf("%s %s: %v m² are not %v mu", of, f.Code, *f.EllipsoidalAreaM2, *f.Mu)
	}
}

func groupsOf(st api.Statistics) map[string][]api.StatisticsFigure {
	groups := map[string][]api.StatisticsFigure{
		"mines": st.Mines, "classes": st.Classes, "rules": st.Rules, "problem types": st.ProblemTypes, "by": st.By, "ledger": st.Ledger, "due": st.Due,
	}
	for _, d := range st.ImageDates {
		groups["rules on "+d.ImagedOn.String()], groups["classes on "+d.ImagedOn.String()] = d.Rules, d.Classes
	}
	return groups
}

// Every figure is of what its address lists, whatever is chosen; the figures of the
// parts add up to those of the whole.
func TestStatistics(t *testing.T) {
	t.Parallel()
	s, m, first, _ := startWithRun(t)
	want[map[string]any](t, s.send("POST", "/v1/ledger/feeds", fmt.Sprintf(`{"run_id":%d,"by":"张三"}`, first.ID)), http.StatusOK)
	for _, deed := range []string{"confirm", "assign", "start"} {
		want[ledgerItem](t, s.deed(theContract().operations[deed+"-ledger-item"], 1), http.StatusOK)
	}
	want[ledgerItem](t, s.deed(theContract().operations["dismiss-ledger-item"], 2), http.StatusOK)

	whole := want[api.Statistics](t, s.get("/v1/statistics?day=2023-06-30"), http.StatusOK)
	count := func(figures []api.StatisticsFigure) (n int) {
		for _, f := range figures {
			n += f.Count
		}
		return n
	}
	all, _ := s.listed("/v1/findings")
	items, _ := s.listed("/v1/ledger/items")
	mines, _ := s.listed("/v1/mines")
	if whole.RunID != first.ID || count(whole.Rules) != all || count(whole.ProblemTypes) != all || count(whole.Ledger) != items || count(whole.Mines) != mines || all == 0 {
		t.Errorf("%d findings by rule, %d by type, want %d; %d items, want %d; %d mines, want %d",
			count(whole.Rules), count(whole.ProblemTypes), all, count(whole.Ledger), items, count(whole.Mines), mines)
	}
	if len(whole.By) != 0 || whole.Due[0].Count == 0 || len(whole.ImageDates) != 1 {
		t.Errorf("by %v, due %v, dates %v", whole.By, whole.Due, whole.ImageDates)
	}
	for _, query := range []string{
		"day=2023-06-30", "by=township", "by=enterprise&county=159900", "by=mineral", "by=county&rule=mining_out_of_bounds&day=2022-12-31",
		"township=" + url.QueryEscape("中梁镇") + "&by=enterprise", "rule=unapproved&by=township", "mineral=-", "problem_type=" + url.QueryEscape("越界开采"),
	} {
		st := want[api.Statistics](t, s.get("/v1/statistics?"+query), http.StatusOK)
		for of, figures := range groupsOf(st) {
			for _, f := range figures {
				s.agrees(query+": "+of, f)
			}
		}
		if strings.Contains(query, "by=") && (count(st.By) != count(st.Rules) || len(st.By) == 0) {
			t.Errorf("%s: %d by it, %d by rule", query, count(st.By), count(st.Rules))
		}
		for _, f := range st.By {
			if one := strings.Contains(query, "rule="); one != (f.Mu != nil) && one {
				t.Errorf("%s: %s without an area", query, f.Code)
			}
		}
	}
	wantProblem(t, s.get("/v1/statistics?rule=nothing&problem_type=nothing"), http.StatusUnprocessableEntity, "invalid-request")

	// A later image that saw all of it at rest: a date more, and the earlier one as it was.
	for _, d := range m.Datasets {
		if d.Layer == "disturbance" {
			pairs := []string{"layer", d.Layer, "county", m.County.Code, "vintage", "2022-06-30", "footprint", "2022-06-20=whole-county"}
			for _, f := range d.Footprint {
				ground := "whole-county"
				if !f.WholeCounty {
					ground = string(f.Polygon)
				}
				pairs = append(pairs, "footprint", f.ImagedOn+"="+ground)
			}
			location := s.upload(sampleFile(t, d.File), append(pairs, "file", "@"+d.File)...).header.Get("Location")
			s.loaded(location)
			want[dataset](t, s.send(http.MethodPost, location+"/accept", `{"by":"示例 验收","held_rows":"accept"}`), http.StatusOK)
		}
	}
	later, _ := s.run("2022-06-30")
	st := want[api.Statistics](t, s.get("/v1/statistics"), http.StatusOK)
	if st.RunID != later.ID || len(st.ImageDates) != 2 || st.ImageDates[0].RunID != first.ID || st.ImageDates[1].ImagedOn.String() != "2022-06-20" ||
		count(st.ImageDates[0].Rules) != all || count(st.ImageDates[1].Rules) >= all {
		t.Fatalf("dates %+v", st.ImageDates)
	}
	for of, figures := range groupsOf(st) {
		for _, f := range figures {
			s.agrees("later: "+of, f)
		}
	}
	a := s.get("/v1/statistics?format=csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(a.body), "\ufeff"))).ReadAll()
	figures := 0
	for _, g := range groupsOf(st) {
		figures += len(g)
	}
	if err != nil || len(rows) != figures+1 || rows[1][3] != "with_findings" || rows[1][5] != strconv.Itoa(st.Mines[0].Count) || rows[1][8] != st.Mines[0].List {
		t.Errorf("%d rows, want %d: %v", len(rows), figures+1, err)
	}
}
