package cql2

import "math"

// ParseAny is Parse without limits: what String writes has more brackets than
// what was read.
func ParseAny(filter string) (*Expr, error) { return parse(filter, math.MaxInt, math.MaxInt) }
