package ogc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"github.com/taohe-gis/taohe/internal/pipeline"
)

const (
	tileType          = "application/vnd.mapbox-vector-tile"
	tilesetsRelation  = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	tileSchemeRel     = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	tileSchemesRel    = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	geodataRelation   = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
	tileMargin        = 64.0 / 4096
	tileMatrixSetsDir = "/tileMatrixSets"
)

// tileRoutes are those of OGC API – Tiles.
func (s *service) tileRoutes(r chi.Router) {
	r.Get(tileMatrixSetsDir, s.handle(s.getTileMatrixSets, jsonType, htmlType))
	r.Get(tileMatrixSetsDir+"/{tileMatrixSetId}", s.handle(s.getTileMatrixSet, jsonType, htmlType))
	r.Get("/collections/{collectionId}/tiles", s.handle(s.getTilesets, jsonType, htmlType))
	r.Get("/collections/{collectionId}/tiles/{tileMatrixSetId}", s.handle(s.getTileset, jsonType, htmlType))
	r.Get("/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", s.handle(s.getTile, tileType))
}

func knownSet(r *http.Request) (*tileMatrixSet, error) {
	id := chi.URLParam(r, "tileMatrixSetId")
	at := slices.IndexFunc(tileMatrixSets, func(m tileMatrixSet) bool { return m.id == id })
	if at < 0 {
		return nil, pipeline.ErrNotFound
	}
	return &tileMatrixSets[at], nil
}

func (s *service) getTileMatrixSets(q request) error {
	if err := q.noParameters(); err != nil {
		return err
	}
	type summary struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URI   string `json:"uri,omitempty"`
		CRS   string `json:"crs"`
		Links []link `json:"links"`
	}
	v := struct {
		Links          []link    `json:"links"`
		TileMatrixSets []summary `json:"tileMatrixSets"`
	}{Links: q.selves()}
	for _, m := range tileMatrixSets {
		v.TileMatrixSets = append(v.TileMatrixSets, summary{m.id, m.title, m.uri, m.crs, []link{q.toSet(m, "self")}})
	}
	q.setLinks(v.Links)
	return s.write(q, v, "tilematrixsets", v)
}

func (q *request) toSet(m tileMatrixSet, relation string) link {
	return link{q.address(tileMatrixSetsDir+"/"+m.id, ""), relation, jsonType, m.title}
}

func (s *service) getTileMatrixSet(q request) error {
	m, err := knownSet(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	v := m.describe()
	v.Links = q.selves()
	q.setLinks(v.Links)
	return s.write(q, v, "tilematrixset", v)
}

// A tileset is said of the tiles of a collection in one set.
type tilesetJSON struct {
	Title    string            `json:"title"`
	DataType string            `json:"dataType"`
	CRS      string            `json:"crs"`
	URI      string            `json:"tileMatrixSetURI,omitempty"`
	Links    []tileLink        `json:"links"`
	Limits   []tileMatrixLimit `json:"tileMatrixSetLimits,omitempty"`
	Layers   []tileLayerJSON   `json:"layers,omitempty"`
	Bounds   *tileBoundsJSON   `json:"boundingBox,omitempty"`
}

// A tileLink is a link whose address may have braces to be filled in.
type tileLink struct {
	link
	Templated bool `json:"templated,omitempty"`
}

type tileLayerJSON struct {
	ID                string     `json:"id"`
	Title             string     `json:"title"`
	DataType          string     `json:"dataType"`
	GeometryDimension int        `json:"geometryDimension"`
	Properties        schemaJSON `json:"propertiesSchema"`
}

type tileBoundsJSON struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

// summarise is what stands of a tileset in the list.
func (q *request) summarise(c *collection, m tileMatrixSet) tilesetJSON {
	path := "/collections/" + c.id + "/tiles/" + m.id
	return tilesetJSON{
		Title: c.title + "：" + m.title, DataType: "vector", CRS: m.crs, URI: m.uri,
		Links: []tileLink{
			{link: link{q.address(path, ""), "self", jsonType, c.title + "：" + m.title}},
			{link: q.toSet(m, tileSchemeRel)},
			{link{q.base + path + "/{tileMatrix}/{tileRow}/{tileCol}", "item", tileType, "瓦片"}, true},
			{link: link{q.address("/collections/"+c.id, ""), geodataRelation, jsonType, c.title}},
		},
	}
}

func (s *service) getTilesets(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	if _, err := s.state(q.Context(), c); err != nil {
		return err
	}
	v := struct {
		Links    []link        `json:"links"`
		Tilesets []tilesetJSON `json:"tilesets"`
	}{Links: q.selves()}
	for _, m := range tileMatrixSets {
		v.Tilesets = append(v.Tilesets, q.summarise(c, m))
	}
	q.setLinks(v.Links)
	return s.write(q, v, "tilesets", v)
}

func (s *service) getTileset(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	m, err := knownSet(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	now, err := s.state(q.Context(), c)
	if err != nil {
		return err
	}
	v := q.summarise(c, *m)
	links := []tileLink{}
	for _, l := range q.selves() {
		links = append(links, tileLink{link: l})
	}
	v.Links = append(links, v.Links[1:]...)
	v.Limits = m.limits(now)
	schema := c.schemaOf(q.address("/collections/"+c.id+"/schema", ""), false)
	schema.Properties = map[string]memberJSON{"id": schema.Properties["id"]}
	for i, p := range c.tileProperties() {
		schema.Properties[p.name] = p.member(i + 1)
	}
	for i, p := range generalisedProperties {
		schema.Properties[p.name] = p.member(len(c.tileProperties()) + i + 1)
	}
	v.Layers = []tileLayerJSON{{ID: c.id, Title: c.title, DataType: "vector", GeometryDimension: 2, Properties: schema}}
	if g := now.reach; g != nil {
		v.Bounds = &tileBoundsJSON{[2]float64{g.West, g.South}, [2]float64{g.East, g.North}, crs84URI}
	}
	q.setLinks(q.selves())
	return s.write(q, v, "tileset", v)
}

// tileProperties are those that stand in tiles: what a row says, not where it
// comes from.
func (c *collection) tileProperties() []property {
	return slices.DeleteFunc(slices.Clone(c.properties), func(p property) bool {
		return slices.Contains([]string{"ellipsoidal_area_m2", "county_code", "source", "vintage", "dataset_id", "row_no", "source_row", "run_id", "as_of"}, p.name)
	})
}

// getTile answers with a tile, or with 304 to who has it.
func (s *service) getTile(q request) error {
	c, err := known(q.Request)
	if err != nil {
		return err
	}
	m, err := knownSet(q.Request)
	if err != nil {
		return err
	}
	if err := q.noParameters(); err != nil {
		return err
	}
	at, exists := m.parseTile(chi.URLParam(q.Request, "tileMatrix"), chi.URLParam(q.Request, "tileRow"), chi.URLParam(q.Request, "tileCol"))
	if !exists {
		return pipeline.ErrNotFound
	}
	now, err := s.state(q.Context(), c)
	if err != nil {
		return err
	}
	if !at.has(m.limits(now)) {
		return pipeline.ErrNotFound
	}
	coding := ""
	if TakesGzip(q.Header.Values("Accept-Encoding")) {
		coding = Gzip
	}
	tag := s.tag(c, now, at, coding)
	q.w.Header().Set("ETag", tag)
	q.w.Header().Add("Vary", "Accept-Encoding")
	q.w.Header().Set("Cache-Control", "no-cache") // to be kept, and asked about
	if slices.Contains(strings.Split(strings.ReplaceAll(q.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		s.Tiles.TileKept()
		return nil
	}
	body, err := s.tile(q.Context(), c, now, at)
	if err != nil {
		return err
	}
	s.Tiles.TileDrawn(len(body))
	if coding != "" {
		if body, err = compressed(body); err != nil {
			return err
		}
		q.w.Header().Set("Content-Encoding", coding)
	}
	q.w.Header().Set("Content-Type", tileType)
	_, _ = q.w.Write(body) // the client may be gone
	return nil
}

// tag names all that a tile is made of: the program, the versions or runs, which
// copies there are of them, the place, and how it is coded.
func (s *service) tag(c *collection, now snapshot, at tile, coding string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %v %v %v %s %d %d %d", coding, s.Version, c.id, now.rows["datasets"], now.rows["runs"], now.copiesMade(), at.of.id, at.matrix, at.row, at.col))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

func (s *service) tile(ctx context.Context, c *collection, now snapshot, at tile) (body []byte, err error) {
	left, bottom, right, top := at.box()
	near := at.ground(tileMargin)
	rows, args := now.atLevel(at.matrix + at.of.levelOfFirst)
	err = s.Pipeline.Read(ctx, func(tx pgx.Tx) error {
		rows, err := c.query(ctx, tx, sqlTile, asked{properties: c.tileProperties()}, rows, args, pgx.StrictNamedArgs{
			"name": c.id, "srid": at.of.srid, "left": left, "bottom": bottom, "right": right, "top": top,
			"west": near.West, "south": near.South, "east": near.East, "north": near.North,
		})
		if err != nil {
			return err
		}
		body, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
		return sqlTile.Named(err)
	})
	return body, err
}

// state reads what a collection is made of now, or pipeline.ErrNotFound.
func (s *service) state(ctx context.Context, c *collection) (now snapshot, err error) {
	err = s.Pipeline.Read(ctx, func(tx pgx.Tx) error {
		now, err = c.snapshot(ctx, tx, time.Time{})
		return err
	})
	return now, err
}
