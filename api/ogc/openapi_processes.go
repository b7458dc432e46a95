package ogc

import (
	"fmt"
	"maps"
	"net/http"
)

// processPaths are those of OGC API – Processes in the definition.
func processPaths() object {
	get := func(id, summary, schema string, more ...any) object {
		return operation(id, summary, "processes", jsonType, schemaRef(schema), more...)
	}
	job := get("getStatus", "任务的状态", "statusInfo", parameter("jobId"))
	job["delete"] = changing("dismiss", "取消任务；已结束的连同结果一并删除", object{
		"200": answer("任务已取消", object{jsonType: object{"schema": schemaRef("statusInfo")}}),
	}, nil, parameter("jobId"))
	results := get("getResult", "任务的结果，按执行时所要的形式", "results", parameter("jobId"))
	output := get("getOutput", "任务的一项结果", "results", parameter("jobId"), parameter("outputId"))
	for _, o := range []object{results, output} {
		answers := o["get"].(object)["responses"].(object)
		answers["200"].(object)["content"] = manyForms("results")
		answers["409"] = object{"$ref": "#/components/responses/409"}
	}
	results["get"].(object)["responses"].(object)["204"] = object{"description": "结果的网址在 Link 中"}
	return object{
		"/processes": get("getProcesses", "过程", "processList", parameter("limit"), parameter("processCursor")),
		"/processes/{processID}": get("getProcessDescription", "一个过程", "process",
			parameter("processID")),
		"/processes/{processID}/execution": object{"post": changing("execute", "执行", object{
			"200": answer("结果", manyForms("results")),
			"201": withHeader(answer("已开始，不等待", object{jsonType: object{"schema": schemaRef("statusInfo")}}), "Location", "任务的网址"),
			"204": object{"description": "结果的网址在 Link 中"},
		}, object{"required": true, "content": object{jsonType: object{"schema": schemaRef("execute")}}}, parameter("processID"), parameter("Prefer"))},
		"/jobs": get("getJobs", "任务，新的在前", "jobList", parameter("limit"), parameter("cursor"), parameter("type"), parameter("processIDs"),
			parameter("status"), parameter("datetime"), parameter("minDuration"), parameter("maxDuration")),
		"/jobs/{jobId}":                    job,
		"/jobs/{jobId}/results":            results,
		"/jobs/{jobId}/results/{outputId}": output,
	}
}

func schemaRef(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func answer(description string, content object) object {
	return object{"description": description, "content": content}
}

func withHeader(answer object, name, description string) object {
	answer["headers"] = object{name: object{"description": description, "schema": object{"type": "string"}}}
	return answer
}

// manyForms are the contents of results.
func manyForms(schema string) object {
	binary := object{"schema": object{"type": "string", "format": "binary"}}
	all := object{jsonType: object{"schema": schemaRef(schema)}, htmlType: object{"schema": object{"type": "string"}}, "multipart/related": binary}
	for _, p := range processes {
		for _, o := range p.outputs {
			for _, f := range o.forms {
				if all[f.mediaType] == nil {
					all[f.mediaType] = binary
				}
			}
		}
	}
	return all
}

// changing is an operation that is no reading.
func changing(id, summary string, success object, body object, more ...any) object {
	answers := maps.Clone(success)
	for _, status := range []int{
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusInternalServerError,
		http.StatusNotImplemented, http.StatusServiceUnavailable, http.StatusInsufficientStorage,
	} {
		answers[fmt.Sprint(status)] = object{"$ref": fmt.Sprintf("#/components/responses/%d", status)}
	}
	o := object{"operationId": id, "summary": summary, "tags": []string{"processes"}, "parameters": more, "responses": answers}
	if body != nil {
		o["requestBody"] = body
	}
	return o
}

func processParameters() object {
	text := object{"type": "string"}
	texts := func(values ...string) object {
		items := object{"type": "string"}
		if len(values) > 0 {
			items["enum"] = values
		}
		return object{"type": "array", "items": items}
	}
	var ids, states []string
	for _, p := range processes {
		ids = append(ids, p.id)
	}
	for _, w := range statusWords {
		states = append(states, w.theirs)
	}
	seconds := object{"type": "integer", "minimum": 0}
	repeated := func(name, description string, schema object) object {
		p := queryParameter(name, description, schema)
		p["explode"] = true
		return p
	}
	return object{
		"processID":     pathParameter("processID", "过程", object{"type": "string", "enum": ids}),
		"jobId":         pathParameter("jobId", "任务", object{"type": "string", "pattern": "^(run|job)-[1-9][0-9]*$"}),
		"outputId":      pathParameter("outputId", "输出", text),
		"processCursor": queryParameter("cursor", "翻页位置，取自 next 链接", text),
		"type":          repeated("type", "任务的类型", texts("process")),
		"processIDs":    repeated("processID", "这些过程的任务", texts()),
		"status":        repeated("status", "这些状态的任务", texts(states...)),
		"minDuration":   queryParameter("minDuration", "至少用了多少秒", seconds),
		"maxDuration":   queryParameter("maxDuration", "至多用了多少秒", seconds),
		"Prefer": object{
			"name": "Prefer", "in": "header", "required": false, "description": "respond-async：不等待，答复 201 与任务的网址", "schema": text,
		},
	}
}

func processSchemas() object {
	text := object{"type": "string"}
	at := object{"type": "string", "format": "date-time"}
	list := func(items object) object { return object{"type": "array", "items": items} }
	record := func(required []string, properties object) object {
		return object{"type": "object", "required": required, "properties": properties}
	}
	aLink := record([]string{"href"}, object{"href": text, "rel": text, "type": text, "title": text})
	var states []string
	for _, w := range statusWords {
		states = append(states, w.theirs)
	}
	description := object{"title": text, "description": text, "schema": object{"type": "object"}, "minOccurs": object{"type": "integer"}, "maxOccurs": object{"type": "integer"}}
	values := object{"type": "object", "additionalProperties": record([]string{"schema"}, description)}
	summary := object{
		"id": text, "version": text, "title": text, "description": text,
		"jobControlOptions":  list(object{"type": "string", "enum": []string{"sync-execute", "async-execute", "dismiss"}}),
		"outputTransmission": list(object{"type": "string", "enum": []string{byValue, byReference}}), "links": list(aLink),
	}
	whole := maps.Clone(summary)
	whole["inputs"], whole["outputs"] = values, values
	return object{
		"processList": record([]string{"processes", "links"}, object{"processes": list(record([]string{"id", "version"}, summary)), "links": list(aLink)}),
		"process":     record([]string{"id", "version", "inputs", "outputs"}, whole),
		"execute": object{"type": "object", "additionalProperties": false, "properties": object{
			"inputs": object{"type": "object", "additionalProperties": true},
			"outputs": object{"type": "object", "additionalProperties": record(nil, object{
				"transmissionMode": object{"type": "string", "enum": []string{byValue, byReference}, "default": byValue},
				"format":           record(nil, object{"mediaType": text}),
			})},
			"response": object{"type": "string", "enum": []string{raw, document}, "default": raw},
		}},
		"statusInfo": record([]string{"jobID", "status", "type"}, object{
			"processID": text, "type": object{"type": "string", "enum": []string{"process"}}, "jobID": text,
			"status": object{"type": "string", "enum": states}, "message": text, "created": at, "started": at, "finished": at,
			"progress": object{"type": "integer", "minimum": 0, "maximum": 100}, "links": list(aLink),
		}),
		"jobList": record([]string{"jobs", "links"}, object{"jobs": list(schemaRef("statusInfo")), "links": list(aLink)}),
		"results": object{"type": "object", "additionalProperties": true},
	}
}
