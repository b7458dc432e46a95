package ogc

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/cql2"
)

// A BadRequestError is what is wrong with the parameters of a request, all of
// it: 400, as the standard says.
type BadRequestError struct{ Faults []ingest.Fault }

func (e *BadRequestError) Error() string {
	return fmt.Sprintf("%d faults in the parameters", len(e.Faults))
}

// How many features a page has.
const (
	defaultLimit = 100
	maxLimit     = 10000
)

// maxName is the most runes of a name the sender chose that a fault repeats.
const maxName = 64

// A reading is parameters being read, and what is found wrong with them.
type reading struct {
	values url.Values
	faults []ingest.Fault
}

func (r *reading) fault(name, code, message string) {
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName]) + "…"
	}
	r.faults = append(r.faults, ingest.Fault{Location: "query." + name, Code: code, Message: message})
}

func (r *reading) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	slices.SortFunc(r.faults, func(a, b ingest.Fault) int { return strings.Compare(a.Location, b.Location) })
	return &BadRequestError{r.faults}
}

// only holds the names of parameters against those there are.
func (r *reading) only(known func(string) bool) {
	for name, values := range r.values {
		switch {
		case !known(name):
			r.fault(name, "unknown-field", "没有这个参数，请检查拼写。")
		case len(values) > 1:
			r.fault(name, "given-twice", "这一项只能写一次。")
		}
	}
}

// An asked is what a request for features asks for.
type asked struct {
	limit      int
	after      cursor
	crs        crs
	properties []property
	sort       []sorting
	want       []wanted
	// shapes are the geometries in want, with the parameter each is of.
	shapes []shape
}

type shape struct{ parameter, wkt string }

// itemsParameters are those of features, beside the names of properties.
var itemsParameters = []string{"f", "limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs", "properties", "sortby"}

// readItems reads the parameters of a request for features.
func (c *collection) readItems(values url.Values, offered []crs) (asked, error) {
	r := &reading{values: values}
	r.only(func(name string) bool {
		_, isProperty := c.property(name)
		return isProperty || slices.Contains(itemsParameters, name)
	})
	a := asked{limit: r.limit(), after: r.cursor(c), crs: r.crs("crs", offered), properties: r.properties(c), sort: r.sortby(c)}
	for _, of := range []func(*collection, []crs, *asked){r.bbox, r.filter, r.datetime, r.equal} {
		of(c, offered, &a)
	}
	return a, r.err()
}

// readItem reads those of a request for one.
func (c *collection) readItem(values url.Values, offered []crs) (asked, error) {
	r := &reading{values: values}
	r.only(func(name string) bool { return slices.Contains([]string{"f", "crs", "properties"}, name) })
	a := asked{limit: 1, crs: r.crs("crs", offered), properties: r.properties(c)}
	return a, r.err()
}

func (r *reading) limit() int {
	if !r.values.Has("limit") {
		return defaultLimit
	}
	n, err := strconv.Atoi(r.values.Get("limit"))
	if err != nil && !errors.Is(err, strconv.ErrRange) || n < 1 {
		r.fault("limit", "out-of-range", fmt.Sprintf("应为 1 至 %d 的整数；更大的按 %d。", maxLimit, maxLimit))
	}
	return min(n, maxLimit)
}

func (r *reading) cursor(c *collection) cursor {
	if !r.values.Has("cursor") {
		return cursor{}
	}
	at, err := c.parseCursor(r.values.Get("cursor"))
	if err != nil {
		r.fault("cursor", "bad-format", "不是本服务给出的翻页位置，请从第一页重新开始。")
	}
	return at
}

// crs is the system a parameter names, CRS84 when it names none.
func (r *reading) crs(name string, offered []crs) crs {
	if !r.values.Has(name) {
		return offered[0]
	}
	at := slices.IndexFunc(offered, func(s crs) bool { return s.uri == r.values.Get(name) })
	if at < 0 {
		r.fault(name, "not-in-list", "不支持这个坐标系。可用的坐标系见该图层说明中的 crs。")
		return offered[0]
	}
	return offered[at]
}

// properties are those that features are to show, all when none is named.
func (r *reading) properties(c *collection) []property {
	if !r.values.Has("properties") {
		return c.properties
	}
	var all []property
	for name := range strings.SplitSeq(r.values.Get("properties"), ",") {
		p, known := c.property(name)
		switch {
		case name == geometryName:
		case !known:
			r.fault("properties", "not-in-list", "没有这个属性。可用的属性见该图层的 schema。")
		case !slices.ContainsFunc(all, func(o property) bool { return o.name == name }):
			all = append(all, p)
		}
	}
	return all
}

// sortby reads the properties to sort by, - before one that goes downwards. A
// plus sign is a space by the time it is here.
func (r *reading) sortby(c *collection) (all []sorting) {
	if !r.values.Has("sortby") {
		return nil
	}
	for name := range strings.SplitSeq(r.values.Get("sortby"), ",") {
		bare, descending := strings.CutPrefix(strings.TrimLeft(name, " +"), "-")
		p, known := c.property(bare)
		if !known {
			r.fault("sortby", "not-in-list", "没有这个属性。可用的属性见该图层的 schema；降序在属性名前写减号。")
			continue
		}
		all = append(all, sorting{p, descending})
	}
	return all
}

// add takes up a condition; what is wrong with it is a fault of the parameter.
func (a *asked) add(r *reading, parameter string, e *cql2.Expr, t cql2.Target) {
	condition, err := cql2.Compile(e, t)
	if err != nil {
		r.filterFault(parameter, err)
		return
	}
	a.want = append(a.want, wanted{e, t})
	for _, s := range condition.Shapes {
		a.shapes = append(a.shapes, shape{parameter, s.WKT})
	}
}

func (r *reading) filterFault(parameter string, err error) {
	var fault *cql2.Error
	if errors.As(err, &fault) {
		r.fault(parameter, fault.Code, fmt.Sprintf("第 %d 个字符：%s", fault.Pos, fault.Message))
	}
}

func (r *reading) bbox(c *collection, offered []crs, a *asked) {
	in := r.crs("bbox-crs", offered)
	if !r.values.Has("bbox") {
		return
	}
	var v []float64
	for text := range strings.SplitSeq(r.values.Get("bbox"), ",") {
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			v = nil
			break
		}
		v = append(v, n)
	}
	if len(v) == 6 { // heights, which nothing here has
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		r.fault("bbox", "bad-format", "应为用逗号分开的四个数（有高程时六个）：先西南角，后东北角，坐标次序同 bbox-crs。")
		return
	}
	box := &cql2.Geometry{Type: "BBOX", Points: [][2]float64{{v[0], v[1]}, {v[2], v[3]}}}
	e := &cql2.Expr{Op: "s_intersects", Args: []*cql2.Expr{{Op: cql2.OpProperty, Text: geometryName}, {Op: cql2.OpGeometry, Pos: 1, Geometry: box}}}
	a.add(r, "bbox", e, c.target(in))
}

func (c *collection) target(in crs) cql2.Target {
	return cql2.Target{Queryables: c.queryables(), CRS: in.CRS, SRID: systems[0].SRID}
}

func (r *reading) filter(c *collection, offered []crs, a *asked) {
	in := r.crs("filter-crs", offered)
	if lang := r.values.Get("filter-lang"); r.values.Has("filter-lang") && lang != "cql2-text" {
		r.fault("filter-lang", "not-in-list", "只能是 cql2-text。")
	}
	if !r.values.Has("filter") {
		return
	}
	e, err := cql2.Parse(r.values.Get("filter"))
	if err != nil {
		r.filterFault("filter", err)
		return
	}
	a.add(r, "filter", e, c.target(in))
}

// equal takes the parameters that are names of properties.
func (r *reading) equal(c *collection, offered []crs, a *asked) {
	for _, p := range c.properties {
		if !r.values.Has(p.name) {
			continue
		}
		value := &cql2.Expr{Op: cql2.OpText, Text: r.values.Get(p.name)}
		var err error
		switch p.is {
		case cql2.Number:
			value.Op = cql2.OpNumber
			if value.Number, err = strconv.ParseFloat(value.Text, 64); err != nil || math.IsNaN(value.Number) {
				r.fault(p.name, "wrong-type", "应为数字。")
				continue
			}
		case cql2.Day:
			value.Op = cql2.OpDate
			if _, err = time.Parse(time.DateOnly, value.Text); err != nil {
				r.fault(p.name, "bad-date", "日期应写作 YYYY-MM-DD，例如 2022-05-31。")
				continue
			}
		case cql2.Text, cql2.Bool, cql2.Shape:
		}
		e := &cql2.Expr{Op: cql2.OpEq, Args: []*cql2.Expr{{Op: cql2.OpProperty, Text: p.name}, value}}
		a.add(r, p.name, e, c.target(offered[0]))
	}
}

// datetime takes features that are of a day in the time; those that are of no
// day are taken always.
func (r *reading) datetime(c *collection, _ []crs, a *asked) {
	if !r.values.Has("datetime") {
		return
	}
	from, to, isInterval := strings.Cut(r.values.Get("datetime"), "/")
	if !isInterval {
		to = from
	}
	ends := []*cql2.Expr{r.instant(from, isInterval), r.instant(to, isInterval)}
	if ends[0] == nil || ends[1] == nil {
		r.fault("datetime", "bad-date", "应为一个日期或时刻，或用 / 分开的两个，例如 2022-05-31、2022-01-01/2022-05-31、../2022-05-31。")
		return
	}
	if ends[0].Op != cql2.OpOpen && ends[1].Op != cql2.OpOpen && instantOf(ends[1].Text).Before(instantOf(ends[0].Text)) {
		r.fault("datetime", "bad-date", "开始晚于结束。")
		return
	}
	if c.from == "" {
		return
	}
	of := func(name string) *cql2.Expr { return &cql2.Expr{Op: cql2.OpProperty, Text: name} }
	a.add(r, "datetime", &cql2.Expr{Op: "t_intersects", Args: []*cql2.Expr{
		{Op: cql2.OpInterval, Args: []*cql2.Expr{of("from"), of("to")}}, {Op: cql2.OpInterval, Args: ends},
	}}, cql2.Target{Queryables: map[string]cql2.Queryable{"from": {SQL: c.from, Type: cql2.Day}, "to": {SQL: c.to, Type: cql2.Day}}})
}

// instant is a date or timestamp, or an open end where there may be one; nil
// when it is none of them.
func (r *reading) instant(s string, mayBeOpen bool) *cql2.Expr {
	if mayBeOpen && (s == "" || s == "..") {
		return &cql2.Expr{Op: cql2.OpOpen}
	}
	e := &cql2.Expr{Op: cql2.OpDate, Text: s}
	if strings.Contains(s, "T") {
		e.Op = cql2.OpTimestamp
	}
	if instantOf(s).IsZero() {
		return nil
	}
	return e
}

// instantOf is zero for what is no date or timestamp.
func instantOf(s string) time.Time {
	layout := time.DateOnly
	if strings.Contains(s, "T") {
		layout = time.RFC3339
	}
	at, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}
	}
	return at
}
