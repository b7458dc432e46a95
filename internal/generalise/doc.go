// Package generalise makes copies of layers for maps seen from afar: cells in
// place of rows that could not be told apart, and rows of very many corners with
// fewer of them. It is pure drawing: no figure is ever taken from a copy.
//
// Copies are made a few rows at a time, each a transaction that also says how far
// they are, so that whoever goes on after a killed program begins there.
package generalise
