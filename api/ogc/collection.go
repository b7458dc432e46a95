package ogc

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/cql2"
	"github.com/taohe-gis/taohe/overlay"
)

// A property is one that features of a collection have. Its name is a column of
// the collection's statement, and comes from the catalogue or from this file.
type property struct {
	name, title string
	is          cql2.Type
	integer     bool
	// unit is what x-ogc-unit says; "" for none.
	unit string
	// codes are the values it may have, with what they are called; nil for any.
	codes []code
	// role is what x-ogc-role says; "" for none.
	role string
	// printed says that the value is rounded to two places, as on paper.
	printed bool
}

// A code is a value of a list, and what people call it.
type code struct{ value, title string }

// column is the property in SQL; output the same as it is shown.
func (p property) column() string { return `r."` + p.name + `"` }

func (p property) output() string {
	if p.printed {
		return "round(" + p.column() + "::numeric, 2)::double precision as \"" + p.name + `"`
	}
	return p.column()
}

// A collection is one of the sets of features: a layer as it stands, or the
// findings.
type collection struct {
	id, title, description string
	// layer is "" for the findings.
	layer taohe.Layer
	// rows is the statement of its rows.
	rows string
	// key are the columns that sort and name the rows, with their types.
	key []keyColumn
	// properties are in the order in which they are shown.
	properties []property
	// from and to are the days a feature is of, as SQL; "" where it is of none.
	from, to string
}

type keyColumn struct{ column, sqlType string }

var layerKey = []keyColumn{{"r.dataset_id", "bigint"}, {"r.row_no", "integer"}}

// collections are all there can be, in the order in which they are shown.
var collections = func() []collection {
	var all []collection
	for _, l := range taohe.Layers() {
		all = append(all, layerCollection(l))
	}
	return append(all, findingCollection())
}()

func layerCollection(l taohe.Layer) collection {
	c := collection{
		id: string(l), title: l.Title(), layer: l, key: layerKey,
		description: "各旗区、各来源现行的" + l.Title() + "：数据时点最新的已验收版本。",
		rows:        strings.ReplaceAll(sqlLayerRows.SQL(), "layer_table", `"`+string(l)+`"`),
	}
	for _, f := range ingest.TheCatalogue().Layers[l].Fields {
		c.properties = append(c.properties, fieldProperty(f))
	}
	switch l {
	case taohe.LayerDisturbance:
		c.from, c.to = "r.imaged_on", "r.imaged_on"
		c.setRole("imaged_on", "primary-instant")
	case taohe.LayerMiningRight:
		c.from, c.to = "r.valid_from", "r.valid_to"
		c.setRole("valid_from", "primary-interval-start")
		c.setRole("valid_to", "primary-interval-end")
	case taohe.LayerLandApproval: // when it is in force, as docs/rules.md has it
		c.from, c.to = "greatest(r.approved_on, r.valid_from)", "coalesce(r.valid_to, 'infinity'::date)"
	}
	c.properties = append(c.properties, areas()...)
	c.properties = append(c.properties,
		property{name: "county_code", title: "旗区代码", is: cql2.Text},
		property{name: "source", title: "数据来源", is: cql2.Text},
		property{name: "vintage", title: "数据时点", is: cql2.Day},
		property{name: "dataset_id", title: "数据版本编号", is: cql2.Number, integer: true},
		property{name: "row_no", title: "版本中的行号", is: cql2.Number, integer: true},
		property{name: "source_row", title: "文件中的行号", is: cql2.Number, integer: true},
	)
	return c
}

func areas() []property {
	return []property{
		{name: "ellipsoidal_area_m2", title: "椭球面积（平方米）", is: cql2.Number, unit: "m2", printed: true},
		{name: "mu", title: "椭球面积（亩）", is: cql2.Number, unit: "亩", printed: true},
	}
}

func fieldProperty(f ingest.Field) property {
	p := property{name: f.Name, title: f.Title, is: cql2.Text}
	switch f.Type {
	case ingest.TypeDate:
		p.is = cql2.Day
	case ingest.TypeNumber, ingest.TypeArea, ingest.TypeAreaKM2:
		p.is = cql2.Number
		for _, unit := range []string{"km2", "m2", "m"} {
			if strings.HasSuffix(f.Name, "_"+unit) {
				p.unit = unit
				break
			}
		}
	case ingest.TypeCode:
		p.codes = codeList(f.Codes)
	case ingest.TypeText, ingest.TypeLicenceNo, ingest.TypeLicenceRef, ingest.TypeWord:
	}
	return p
}

// codeList is a list of the catalogue, each code with the first of the ways in
// which people write it.
func codeList(name string) []code {
	list := ingest.TheCatalogue().Codes[name]
	var all []code
	for _, value := range slices.Sorted(maps.Keys(list)) {
		c := code{value, value}
		if len(list[value]) > 0 {
			c.title = list[value][0]
		}
		all = append(all, c)
	}
	return all
}

func findingCollection() collection {
	c := collection{
		id: "finding", title: "疑似问题", rows: sqlFindingRows.SQL(), from: "r.as_of", to: "r.as_of",
		description: "各旗区最近一次完成的套合发现的疑似问题。套合所得均为线索，须实地核实。",
		key:         []keyColumn{{"r.run_id", "bigint"}, {"r.licence_no", "text"}, {"r.rule", "text"}},
		properties: []property{
			{name: "rule", title: "规则", is: cql2.Text, codes: ruleCodes()},
			{name: "title", title: "规则名称", is: cql2.Text},
			{name: "problem_type", title: "问题类型", is: cql2.Text},
			{name: "licence_no", title: "采矿许可证号", is: cql2.Text},
			{name: "enterprise", title: "采矿权人", is: cql2.Text},
			{name: "mine_name", title: "矿山名称", is: cql2.Text},
			{name: "mining_method", title: "开采方式", is: cql2.Text, codes: codeList("mining_method")},
			{name: "mineral", title: "开采矿种", is: cql2.Text},
			{name: "county_code", title: "旗区代码", is: cql2.Text},
			{name: "township", title: "苏木镇", is: cql2.Text},
		},
	}
	c.properties = append(c.properties, areas()...)
	c.properties = append(c.properties,
		property{name: "within_tolerance_m2", title: "容差以内（平方米）", is: cql2.Number, unit: "m2", printed: true},
		property{name: "metres_above", title: "超出上标高（米）", is: cql2.Number, unit: "m"},
		property{name: "metres_below", title: "超出下标高（米）", is: cql2.Number, unit: "m"},
		property{name: "places", title: "处数", is: cql2.Number, integer: true},
		property{name: "certainty", title: "确定程度", is: cql2.Text, codes: []code{
			{"boundary_dependent", "取决于边界"}, {"certain", "确定"}, {"unknown", "不明"},
		}},
		property{name: "position_error_m", title: "位置误差（米）", is: cql2.Number, unit: "m"},
		property{name: "as_of", title: "截止日", is: cql2.Day, role: "primary-instant"},
		property{name: "run_id", title: "套合编号", is: cql2.Number, integer: true},
	)
	return c
}

// ruleCodes are the rules that the program ships; a run may have had others.
func ruleCodes() []code {
	set, err := overlay.ShippedRules()
	if err != nil {
		panic(err) // a test reads them
	}
	var all []code
	for _, r := range set.Rules {
		all = append(all, code{r.Code, r.Title})
	}
	slices.SortFunc(all, func(a, b code) int { return cmp.Compare(a.value, b.value) })
	return all
}

func (c *collection) setRole(name, role string) {
	for i := range c.properties {
		if c.properties[i].name == name {
			c.properties[i].role = role
		}
	}
}

func (c *collection) property(name string) (property, bool) {
	at := slices.IndexFunc(c.properties, func(p property) bool { return p.name == name })
	if at < 0 {
		return property{}, false
	}
	return c.properties[at], true
}

// geometryName is what the shape of a feature is called in filters.
const geometryName = "geometry"

// queryables are the names that a filter may use.
func (c *collection) queryables() map[string]cql2.Queryable {
	all := map[string]cql2.Queryable{geometryName: {SQL: "r.geom", Type: cql2.Shape}}
	for _, p := range c.properties {
		all[p.name] = cql2.Queryable{SQL: p.column(), Type: p.is}
	}
	return all
}
