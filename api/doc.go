// Package api is the HTTP surface: it decodes requests, calls the pipeline and
// encodes what comes back. It is the only place that knows status codes, it
// decides nothing about data, and it speaks no SQL. Who may do what is decided in
// rules.go; while there is no account it serves this machine alone.
package api
