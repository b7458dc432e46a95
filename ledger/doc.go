// Package ledger keeps what is wrong until it is put right: items fed from the
// findings of runs or entered by hand, their life and their evidence, the
// close-out by later images, and the log in which every change stands, each
// event hashed over the one before.
//
// It decides nothing that a person has to decide: it proposes, and it refuses
// what the order of things does not allow (a close-out without its evidence, an
// approval by whoever proposed). Nothing it wrote is ever changed or deleted.
package ledger
