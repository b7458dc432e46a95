package api

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/taohe-gis/taohe/ingest/record"
)

// register puts an operation under its path and into the document, with every
// problem it may answer with.
func register[I, O any](s *service, a huma.API, r route, handle func(context.Context, *I) (*O, error)) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	who, decided := rules[r.id]
	if !decided {
		panic("api: " + r.id + " has no rule of who may do it")
	}
	reads := bodyOf(reflect.TypeFor[I](), r.method)
	if mentions(reflect.TypeFor[I]()) && !who.everywhere && !who.account || reads == formBody && r.id != "inspect-file" || who.of != "" {
		r.problems = append(r.problems, errNotFound)
	}
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Summary: r.summary, DefaultStatus: r.status, Tags: []string{tagOf(r.path)},
		Responses: problemResponses(a.OpenAPI(), append(r.common(reads, who), r.problems...)),
		// The body was read before huma sees the request.
		MaxBodyBytes: -1, BodyReadTimeout: -1,
	}
	if len(r.produces) > 0 {
		success := &huma.Response{Description: http.StatusText(r.status), Content: map[string]*huma.MediaType{}}
		for _, t := range r.produces {
			success.Content[t] = &huma.MediaType{Schema: mediaSchema(a.OpenAPI(), r.id, t)}
		}
		op.Responses[strconv.Itoa(r.status)] = success
		if r.partial {
			op.Responses[strconv.Itoa(http.StatusPartialContent)] = &huma.Response{Description: http.StatusText(http.StatusPartialContent), Content: success.Content}
		}
	} else {
		r.produces = []string{jsonType}
	}
	if r.waited != nil {
		schemas := a.OpenAPI().Components.Schemas
		for status, t := range map[int]reflect.Type{r.status: r.waited, http.StatusAccepted: reflect.TypeFor[Job]()} {
			if op.Responses[strconv.Itoa(status)] != nil {
				continue // in the formats it is produced in
			}
			op.Responses[strconv.Itoa(status)] = &huma.Response{
				Description: http.StatusText(status),
				Content:     map[string]*huma.MediaType{jsonType: {Schema: schemas.Schema(t, true, "")}},
			}
		}
		op.Responses["202"].Headers = map[string]*huma.Param{
			"Location":           {Description: "任务的网址", Schema: &huma.Schema{Type: huma.TypeString}},
			"Preference-Applied": {Description: "respond-async", Schema: &huma.Schema{Type: huma.TypeString}},
		}
	}
	if r.there != nil {
		op.Responses[strconv.Itoa(http.StatusOK)] = &huma.Response{
			Description: http.StatusText(http.StatusOK),
			Content:     map[string]*huma.MediaType{jsonType: {Schema: a.OpenAPI().Components.Schemas.Schema(r.there, true, "")}},
		}
	}
	op.Middlewares = append(op.Middlewares, s.allowed(r.id, who), s.accepted(r))
	if reads == jsonBody || reads == rawBody || reads == emptyBody {
		op.Middlewares = append(op.Middlewares, s.bodyRead(cmp.Or(r.maxBody, record.MaxRequestBytes), reads == rawBody))
	}
	if reads != formBody && !slices.Contains(r.produces, eventType) {
		op.Middlewares = append(op.Middlewares, s.bounded)
	}
	if r.creates {
		op.Parameters = append(op.Parameters, keyParameter)
		op.Middlewares = append(op.Middlewares, s.replayed)
	}
	huma.Register(a, op, func(ctx context.Context, in *I) (*O, error) {
		err := s.admits(ctx, who, in)
		var out *O
		if err == nil {
			out, err = handle(ctx, in)
		}
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// What an operation reads of a request's body. An empty one is read and not
// looked at; a form is read by the operation itself.
const (
	noBody = iota
	emptyBody
	jsonBody
	rawBody
	formBody
)

// bodyOf is what an operation with this input reads.
func bodyOf(in reflect.Type, method string) int {
	if method == http.MethodGet || method == http.MethodDelete {
		return noBody
	}
	if _, ok := in.FieldByName("Body"); ok {
		return jsonBody
	}
	if _, ok := in.FieldByName("RawBody"); ok {
		return rawBody
	}
	if in == reflect.TypeFor[uploadRequest]() {
		return formBody
	}
	return emptyBody
}

// common are the problems that any operation like this may answer with.
func (r route) common(reads int, who rule) []kindError {
	kinds := []kindError{errNotAcceptable, errInvalid, errHost, errBadText}
	if !r.constant {
		kinds = append(kinds, errInternal, errTookTooLong, errStopping, errUnavailable, errDatabaseFull)
	}
	if !who.open {
		kinds = append(kinds, errUnauthenticated)
	}
	if who.refuses() {
		kinds = append(kinds, errForbidden)
	}
	if who.whole {
		kinds = append(kinds, errOtherCounties)
	}
	if who.account {
		kinds = append(kinds, errNoAccount)
	}
	if r.method != http.MethodGet {
		kinds = append(kinds, errCrossOrigin)
	}
	if r.creates {
		kinds = append(kinds, errKeyOfOther, errKeyUnderWay, errReplyLost)
	}
	switch reads {
	case jsonBody:
		kinds = append(kinds, errMalformedJSON, errMediaType, errTooLarge, errStalled, errUploadIncomplete)
	case rawBody, emptyBody:
		kinds = append(kinds, errTooLarge, errStalled, errUploadIncomplete)
	case formBody:
		kinds = append(kinds, errMalformedForm, errMediaType, errTooLarge, errStalled, errUploadIncomplete, errNoSpace)
	}
	return kinds
}

type representationKey struct{}

// accepted settles the media type of the reply, or says that there is none.
func (s *service) accepted(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if len(r.produces) > 1 {
			ctx.AppendHeader("Vary", "Accept")
		}
		req, w := humachi.Unwrap(ctx)
		chosen, named := r.formats[req.URL.Query().Get("format")]
		if !named {
			if chosen = negotiate(req.Header.Values("Accept"), r.produces); chosen == "" {
				s.fail(w, req, errNotAcceptable)
				return
			}
		}
		leaves(ctx.Context(), chosen)
		next(huma.WithValue(ctx, representationKey{}, chosen))
	}
}

// representation is the media type that was settled for this reply.
func representation(ctx context.Context) string {
	t, _ := ctx.Value(representationKey{}).(string)
	return t
}

// methods are those that paths may have.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete}

// setAllow names the methods a path has, as RFC 9110 §15.5.6 asks.
func setAllow(w http.ResponseWriter, path string, r chi.Routes) {
	has := func(method string) bool { return r.Match(chi.NewRouteContext(), method, path) }
	for _, m := range methods {
		if has(m) || m == http.MethodHead && has(http.MethodGet) {
			w.Header().Add("Allow", m)
		}
	}
}
