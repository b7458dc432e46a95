package ogc

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pipeline"
)

const (
	title       = "套合 taohe"
	description = "矿山影像套合的各图层现行数据与疑似问题。套合所得均为线索，须实地核实。面积为 CGCS2000 椭球面积。"
)

// classes are the conformance classes that are met.
var classes = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
	"http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/ogc-process-description",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
	// What basic-spatial-functions was called before the standard was done; QGIS
	// asks for it by this name.
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
}

func (s *service) landing(q request) error {
	if err := q.noParameters(); err != nil {
		return err
	}
	links := append(q.selves(),
		link{q.address("/api", "json"), "service-desc", openAPI30, "接口定义（OpenAPI 3.0）"},
		link{q.address("/api", "html"), "service-doc", htmlType, "接口说明"},
		link{q.address("/conformance", ""), "conformance", jsonType, "符合的标准"},
		link{q.address("/collections", ""), "data", jsonType, "图层"},
		link{q.address(tileMatrixSetsDir, ""), tileSchemesRel, jsonType, "瓦片划分"},
		link{q.address("/processes", ""), processesRelation, jsonType, "过程"},
		link{q.address("/jobs", ""), jobListRelation, jsonType, "任务"},
	)
	q.setLinks(links)
	v := struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{title, description, links}
	return s.write(q, v, "landing", v)
}

func (s *service) conformance(q request) error {
	if err := q.noParameters(); err != nil {
		return err
	}
	v := struct {
		ConformsTo []string `json:"conformsTo"`
	}{classes}
	return s.write(q, v, "conformance", v)
}

// A description of a collection as the standard writes one.
type collectionJSON struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Links       []link      `json:"links"`
	Extent      *extentJSON `json:"extent,omitempty"`
	ItemType    string      `json:"itemType"`
	CRS         []string    `json:"crs"`
	StorageCRS  string      `json:"storageCrs"`
	// Sources are what the collection is made of.
	Sources []string `json:"sources"`
}

type extentJSON struct {
	Spatial *struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial,omitempty"`
	Temporal *struct {
		Interval [][2]*string `json:"interval"`
		TRS      string       `json:"trs"`
	} `json:"temporal,omitempty"`
}

// describe is what is said of a collection, beside links of its own resource.
func (q *request) describe(c *collection, s snapshot) collectionJSON {
	path := "/collections/" + c.id
	d := collectionJSON{
		ID: c.id, Title: c.title, Description: c.description, ItemType: "feature", StorageCRS: storageURI, Sources: s.sources,
		Links: []link{
			{q.address(path+"/items", "json"), "items", geoJSONType, c.title + "（GeoJSON）"},
			{q.address(path+"/items", "html"), "items", htmlType, c.title + "（网页）"},
			{q.address(path+"/queryables", "json"), queryRelation, schemaType, "可用于条件的属性"},
			{q.address(path+"/schema", "json"), schemaRelation, schemaType, "全部属性"},
			{q.address(path+"/tiles", ""), tilesetsRelation, jsonType, "矢量瓦片"},
		},
	}
	for _, sys := range systemsFor(s.reach) {
		d.CRS = append(d.CRS, sys.uri)
	}
	e := extentJSON{}
	if s.ground != nil {
		e.Spatial = &struct {
			BBox [][4]float64 `json:"bbox"`
			CRS  string       `json:"crs"`
		}{[][4]float64{{s.ground.West, s.ground.South, s.ground.East, s.ground.North}}, crs84URI}
	}
	if s.first != nil {
		e.Temporal = &struct {
			Interval [][2]*string `json:"interval"`
			TRS      string       `json:"trs"`
		}{[][2]*string{{beginning(*s.first), ending(*s.last)}}, "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	}
	if e.Spatial != nil || e.Temporal != nil {
		d.Extent = &e
	}
	return d
}

// beginning and ending are the first and last second of a day in China.
func beginning(d taohe.Date) *string { return new(d.String() + "T00:00:00+08:00") }

func ending(d taohe.Date) *string { return new(d.String() + "T23:59:59+08:00") }

// known returns the collection of a request's path, or pipeline.ErrNotFound.
func known(r *http.Request) (*collection, error) {
	id := chi.URLParam(r, "collectionId")
	at := slices.IndexFunc(collections, func(c collection) bool { return c.id == id })
	if at < 0 {
		return nil, pipeline.ErrNotFound
	}
	return &collections[at], nil
}

// present reads a collection as it stands with its ground, or
// pipeline.ErrNotFound.
func (s *service) present(ctx context.Context, c *collection) (now snapshot, err error) {
	err = s.Pipeline.Read(ctx, func(tx pgx.Tx) error {
		if now, err = c.snapshot(ctx, tx, time.Time{}); err != nil {
			return err
		}
		now, err = c.withGround(ctx, tx, now)
		return err
	})
	return now, err
}

// all are the collections that there are.
func (s *service) all(ctx context.Context) (present []*collection, states []snapshot, err error) {
	for i := range collections {
		now, err := s.present(ctx, &collections[i])
		if errors.Is(err, pipeline.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		present, states = append(present, &collections[i]), append(states, now)
	}
	return present, states, nil
}

func (s *service) collections(q request) error {
	if err := q.noParameters(); err != nil {
		return err
	}
	present, states, err := s.all(q.Context())
	if err != nil {
		return err
	}
	v := struct {
		Links       []link           `json:"links"`
		Collections []collectionJSON `json:"collections"`
	}{q.selves(), []collectionJSON{}}
	for i, c := range present {
		d := q.describe(c, states[i])
		d.Links = append([]link{{q.address("/collections/"+c.id, ""), "self", jsonType, c.title}}, d.Links...)
		v.Collections = append(v.Collections, d)
	}
	q.setLinks(v.Links)
	return s.write(q, v, "collections", v)
}

func (s *service) collection(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	now, err := s.present(q.Context(), c)
	if err != nil {
		return err
	}
	v := q.describe(c, now)
	v.Links = append(q.selves(), v.Links...)
	q.setLinks(v.Links)
	return s.write(q, v, "collection", struct {
		collectionJSON
		Systems []crs
	}{v, systemsFor(now.reach)})
}
