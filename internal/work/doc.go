// Package work is the queue of what lasts: imports and runs, kept in PostgreSQL,
// done by workers on any number of machines. It knows who does what and when;
// what is done is the pipeline's.
//
// Nothing is lost when a worker dies: a run's mines are each a transaction, a
// load is one, and a job whose worker is no longer there is put back within
// seconds.
package work
