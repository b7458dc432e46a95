package ogc

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/taohe-gis/taohe/internal/cql2"
)

// object is an object of the OpenAPI document.
type object = map[string]any

// api answers with the definition of these paths in OpenAPI 3.0, which names
// each collection that there is and each property of it.
func (s *service) api(q request) error {
	if err := q.noParameters(); err != nil {
		return err
	}
	present, _, err := s.all(q.Context())
	if err != nil {
		return err
	}
	q.setLinks(q.selves())
	doc := object{
		"openapi": "3.0.3",
		"info":    object{"title": title, "description": description, "version": s.Version, "license": object{"name": "Apache-2.0"}},
		"servers": []any{object{"url": q.base}},
		"paths":   paths(present),
		"components": object{
			"parameters": joined(parameters(), processParameters()),
			"responses":  responses(),
			"schemas":    joined(object{"Problem": problemSchema()}, processSchemas()),
		},
	}
	if !q.wantsHTML() {
		return s.write(q, doc, "", nil)
	}
	var all []struct{ Method, Path, Summary string }
	for _, path := range slices.Sorted(maps.Keys(paths(present))) {
		operations := paths(present)[path].(object)
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			summary := operations[method].(object)["summary"].(string)
			all = append(all, struct{ Method, Path, Summary string }{strings.ToUpper(method), path, summary})
		}
	}
	return s.write(q, nil, "api", all)
}

// joined holds the members of both.
func joined(a, b object) object {
	maps.Copy(a, b)
	return a
}

func paths(present []*collection) object {
	all := joined(processPaths(), object{
		"/":               operation("getLandingPage", "首页", "", jsonType, object{"type": "object"}),
		"/conformance":    operation("getConformance", "符合的标准", "", jsonType, object{"type": "object"}),
		"/api":            operation("getApi", "接口定义", "", openAPI30, object{"type": "object"}),
		tileMatrixSetsDir: operation("getTileMatrixSetsList", "瓦片划分", "", jsonType, object{"type": "object"}),
		tileMatrixSetsDir + "/{tileMatrixSetId}": operation("getTileMatrixSet", "一种瓦片划分", "", jsonType, object{"type": "object"},
			parameter("tileMatrixSetId")),
		"/collections": operation("getCollections", "图层", "", jsonType, object{"type": "object"}),
	})
	for _, c := range present {
		path := "/collections/" + c.id
		features := []any{}
		for _, name := range itemsParameters[1:] {
			features = append(features, parameter(name))
		}
		for _, p := range c.properties {
			features = append(features, queryParameter(p.name, p.title+"等于此值", p.member(0).inOpenAPI()))
		}
		all[path] = operation("get_"+c.id, c.title, c.id, jsonType, object{"type": "object"})
		all[path+"/items"] = operation("get_"+c.id+"_items", c.title+"：要素", c.id, geoJSONType, object{"type": "object"}, features...)
		all[path+"/items/{featureId}"] = operation("get_"+c.id+"_item", c.title+"：一个要素", c.id, geoJSONType, object{"type": "object"},
			parameter("featureId"), parameter("crs"), parameter("properties"))
		all[path+"/queryables"] = operation("get_"+c.id+"_queryables", c.title+"：可用于条件的属性", c.id, schemaType, object{"type": "object"})
		all[path+"/tiles"] = operation(c.id+".collection.vector.getTileSetsList", c.title+"：矢量瓦片", c.id, jsonType, object{"type": "object"})
		all[path+"/tiles/{tileMatrixSetId}"] = operation(c.id+".collection.vector.getTileSet", c.title+"：一种划分的瓦片", c.id, jsonType, object{"type": "object"},
			parameter("tileMatrixSetId"))
		all[path+"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"] = tileOperation(c)
		all[path+"/schema"] = operation("get_"+c.id+"_schema", c.title+"：全部属性", c.id, schemaType, object{"type": "object"})
	}
	return all
}

// inOpenAPI is the schema without what OpenAPI 3.0 does not know.
func (m memberJSON) inOpenAPI() object {
	o := object{"type": m.Type}
	if m.Format != "" {
		o["format"] = m.Format
	}
	if len(m.OneOf) > 0 {
		var values []string
		for _, c := range m.OneOf {
			values = append(values, c.Const)
		}
		o["enum"] = values
	}
	return o
}

func operation(id, summary, tag, mediaType string, schema object, more ...any) object {
	if tag == "" {
		tag = "service"
	}
	answers := object{"200": object{
		"description": summary,
		"content":     object{mediaType: object{"schema": schema}, htmlType: object{"schema": object{"type": "string"}}},
	}}
	for _, status := range []int{http.StatusBadRequest, http.StatusNotFound, http.StatusNotAcceptable, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		answers[fmt.Sprint(status)] = object{"$ref": fmt.Sprintf("#/components/responses/%d", status)}
	}
	return object{"get": object{
		"operationId": id, "summary": summary, "tags": []string{tag},
		"parameters": append([]any{parameter("f")}, more...), "responses": answers,
	}}
}

// tileOperation is that of the tiles of a collection, which are no page.
func tileOperation(c *collection) object {
	o := operation(c.id+".collection.vector.getTile", c.title+"：一块瓦片", c.id, tileType, object{"type": "string", "format": "binary"},
		parameter("tileMatrixSetId"), parameter("tileMatrix"), parameter("tileRow"), parameter("tileCol"))
	answers := o["get"].(object)["responses"].(object)
	delete(answers["200"].(object)["content"].(object), htmlType)
	answers["304"] = object{"description": "与 If-None-Match 所指的相同"}
	return o
}

func parameter(name string) object { return object{"$ref": "#/components/parameters/" + name} }

// queryParameter is a parameter that may be left out.
func queryParameter(name, description string, schema object) object {
	return object{"name": name, "in": "query", "description": description, "required": false, "style": "form", "explode": false, "schema": schema}
}

// pathParameter is a part of an address.
func pathParameter(name, description string, schema object) object {
	return object{"name": name, "in": "path", "required": true, "description": description, "schema": schema}
}

func parameters() object {
	number := object{"type": "integer", "minimum": 0}
	var sets []string
	for _, m := range tileMatrixSets {
		sets = append(sets, m.id)
	}
	uri := object{"type": "string", "format": "uri", "default": crs84URI}
	numbers := func(n int) object {
		return object{"type": "array", "minItems": n, "maxItems": n, "items": object{"type": "number"}}
	}
	return object{
		"f": queryParameter("f", "答复的格式", object{"type": "string", "enum": []string{"json", "html"}}),
		"limit": queryParameter("limit", "每页最多多少个要素", object{
			"type": "integer", "minimum": 1, "maximum": maxLimit, "default": defaultLimit,
		}),
		"cursor":          queryParameter("cursor", "翻页位置，取自 next 链接", object{"type": "string"}),
		"bbox":            queryParameter("bbox", "范围：西南角、东北角，坐标次序同 bbox-crs", object{"oneOf": []any{numbers(4), numbers(6)}}),
		"bbox-crs":        queryParameter("bbox-crs", "bbox 的坐标系", uri),
		"datetime":        queryParameter("datetime", "日期或时刻，或用 / 分开的两个", object{"type": "string"}),
		"crs":             queryParameter("crs", "答复的坐标系", uri),
		"filter":          queryParameter("filter", "CQL2 条件", object{"type": "string", "maxLength": cql2.MaxLength}),
		"filter-lang":     queryParameter("filter-lang", "条件的语言", object{"type": "string", "enum": []string{"cql2-text"}, "default": "cql2-text"}),
		"filter-crs":      queryParameter("filter-crs", "条件中图形的坐标系", uri),
		"sortby":          queryParameter("sortby", "按这些属性排序，降序在属性名前写减号", object{"type": "array", "items": object{"type": "string"}}),
		"properties":      queryParameter("properties", "只要这些属性", object{"type": "array", "items": object{"type": "string"}}),
		"featureId":       pathParameter("featureId", "要素的编号", object{"type": "string"}),
		"tileMatrixSetId": pathParameter("tileMatrixSetId", "瓦片划分", object{"type": "string", "enum": sets}),
		"tileMatrix":      pathParameter("tileMatrix", "级别", object{"type": "string"}),
		"tileRow":         pathParameter("tileRow", "行", number),
		"tileCol":         pathParameter("tileCol", "列", number),
	}
}

func responses() object {
	all := object{}
	for status, text := range map[int]string{
		http.StatusBadRequest: "参数有误", http.StatusNotFound: "没有所要的内容", http.StatusNotAcceptable: "不能按所要的格式给出",
		http.StatusInternalServerError: "系统内部错误", http.StatusServiceUnavailable: "数据库没有响应、处理超时，或服务正在停止",
		http.StatusConflict: "所依据的尚未完成，或不能取消", http.StatusRequestEntityTooLarge: "请求过大", http.StatusNotImplemented: "服务器缺少所需的软件",
		http.StatusInsufficientStorage: "磁盘已满",
	} {
		all[fmt.Sprint(status)] = object{
			"description": text,
			"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
		}
	}
	return all
}

func problemSchema() object {
	text := object{"type": "string"}
	return object{
		"type": "object", "required": []string{"type", "title", "status", "detail", "code", "errors"},
		"properties": object{
			"type": text, "title": text, "status": object{"type": "integer"}, "detail": text, "code": text, "request_id": text,
			"errors": object{"type": "array", "items": object{"type": "object", "properties": object{"location": text, "code": text, "message": text}}},
		},
	}
}
