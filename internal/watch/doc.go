// Package watch is what those see who look after a service: metrics for
// Prometheus, whether it is ready, and a log whose lines name the request they
// belong to. It changes nothing, and no name that a client chose becomes a label.
package watch
