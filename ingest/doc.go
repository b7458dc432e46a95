// Package ingest turns an upload into a stored, validated dataset and the
// diagnostics about it.
//
// A dataset is first staged: read, mapped to its layer's fields, brought to
// EPSG:4490 with dense edges, copied in, its validity decided by PostGIS, all in
// one transaction. A person then accepts it. Bad rows become diagnostics; a
// file that cannot be taken leaves a refused dataset that says why, and no rows.
//
// The package does not know what the data is for: rules live elsewhere.
package ingest
