// Package made draws counties of any size for measurements, and writes them
// straight into the store: mining licences, disturbance of several images, land
// approvals, protected areas of tens of thousands of vertices, water sources,
// and a tiling of forest and grassland from two sources.
//
// Everything is drawn from a seed. A row hangs on the seed and on its own place
// alone, so the bytes are the same however many connections write them (on one
// kind of processor: the last digit of a sine is another matter).
//
// It is for throw-away databases. It goes past the reading and judging of files,
// which package ingest is measured by.
package made
