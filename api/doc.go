// Package api is the HTTP surface: it decodes requests, calls the pipeline and
// encodes what comes back. It is the only place that knows status codes, it
// decides nothing about data, and it speaks no SQL. Until there is access
// control it serves this machine alone; see CheckLoopback.
package api
