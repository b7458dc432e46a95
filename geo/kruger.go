package geo

import "math"

const radian = math.Pi / 180

// transverseMercator is the ellipsoidal transverse Mercator projection of one
// CRS with its series worked out.
//
// The series is that of L. Krüger, Konforme Abbildung des Erdellipsoids in der
// Ebene (1912), carried to the sixth order in the third flattening n and with
// the conformal latitude in closed form, as given by C. F. F. Karney,
// Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85
// (2011), equations 7–14, 35 and 36. The way back from the conformal to the
// geographic latitude is a series of the same order (Karney, On auxiliary
// latitudes, Survey Review 56, 2023; earlier K. Engsager and K. Poder, 2007).
// Within 4° of the meridian the truncation is some nanometres.
type transverseMercator struct {
	e, lon0Deg    float64
	scaledRadiusM float64 // k0 times the rectifying radius
	falseEastingM float64
	originM       float64 // false northing less the northing of the origin
	// alpha and beta lead to the plane and back, delta from the conformal
	// latitude to the geographic one.
	alpha, beta, delta [6]float64
}

func newTransverseMercator(c CRS) transverseMercator {
	n := 0.0
	if c.Ellipsoid.InverseFlattening != 0 {
		n = 1 / (2*c.Ellipsoid.InverseFlattening - 1)
	}
	n2 := n * n
	n3, n4 := n2*n, n2*n2
	n5, n6 := n4*n, n3*n3
	t := transverseMercator{
		e: math.Sqrt(c.Ellipsoid.e2()), lon0Deg: c.CentralMeridianDeg, falseEastingM: c.FalseEastingM,
		scaledRadiusM: c.ScaleFactor * c.Ellipsoid.SemiMajorM / (1 + n) * (1 + n2/4 + n4/64 + n6/256),
		alpha: [6]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180 - 127*n5/288 + 7891*n6/37800,
			13*n2/48 - 3*n3/5 + 557*n4/1440 + 281*n5/630 - 1983433*n6/1935360,
			61*n3/240 - 103*n4/140 + 15061*n5/26880 + 167603*n6/181440,
			49561*n4/161280 - 179*n5/168 + 6601661*n6/7257600,
			34729*n5/80640 - 3418889*n6/1995840,
			212378941 * n6 / 319334400,
		},
		beta: [6]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360 - 81*n5/512 + 96199*n6/604800,
			n2/48 + n3/15 - 437*n4/1440 + 46*n5/105 - 1118711*n6/3870720,
			17*n3/480 - 37*n4/840 - 209*n5/4480 + 5569*n6/90720,
			4397*n4/161280 - 11*n5/504 - 830251*n6/7257600,
			4583*n5/161280 - 108847*n6/3991680,
			20648693 * n6 / 638668800,
		},
		delta: [6]float64{
			2*n - 2*n2/3 - 2*n3 + 116*n4/45 + 26*n5/45 - 2854*n6/675,
			7*n2/3 - 8*n3/5 - 227*n4/45 + 2704*n5/315 + 2323*n6/945,
			56*n3/15 - 136*n4/35 - 1262*n5/105 + 73814*n6/2835,
			4279*n4/630 - 332*n5/35 - 399572*n6/14175,
			4174*n5/315 - 144838*n6/6237,
			601676 * n6 / 22275,
		},
	}
	t.originM = c.FalseNorthingM
	if c.LatitudeOfOriginDeg != 0 {
		_, north := t.forward(t.lon0Deg, c.LatitudeOfOriginDeg)
		t.originM = 2*c.FalseNorthingM - north
	}
	return t
}

// forward projects degrees to metres.
func (t *transverseMercator) forward(lonDeg, latDeg float64) (eastingM, northingM float64) {
	sinLon, cosLon := math.Sincos((lonDeg - t.lon0Deg) * radian)
	tau := math.Tan(latDeg * radian)
	sec := math.Sqrt(1 + tau*tau)
	sigma := math.Sinh(t.e * math.Atanh(t.e*tau/sec))
	tauC := tau*math.Sqrt(1+sigma*sigma) - sigma*sec // tangent of the conformal latitude
	xi := math.Atan2(tauC, cosLon)
	eta := math.Asinh(sinLon / math.Sqrt(tauC*tauC+cosLon*cosLon))
	sin2, cos2 := math.Sincos(2 * xi)
	sinh2, cosh2 := sinhCosh(2 * eta)
	dXi, dEta := clenshaw(&t.alpha, sin2, cos2, sinh2, cosh2)
	return t.scaledRadiusM*(eta+dEta) + t.falseEastingM, t.scaledRadiusM*(xi+dXi) + t.originM
}

// inverse takes metres back to degrees. The sines of an angle changed by the
// series are turned by that small angle rather than worked out again: this is
// where an upload spends much of its time.
func (t *transverseMercator) inverse(eastingM, northingM float64) (lonDeg, latDeg float64) {
	xi := (northingM - t.originM) / t.scaledRadiusM
	eta := (eastingM - t.falseEastingM) / t.scaledRadiusM
	sinXi, cosXi := math.Sincos(xi)
	sinhEta := math.Sinh(eta)
	coshEta := math.Sqrt(1 + sinhEta*sinhEta)
	dXi, dEta := clenshaw(&t.beta, 2*sinXi*cosXi, (cosXi-sinXi)*(cosXi+sinXi), 2*sinhEta*coshEta, 1+2*sinhEta*sinhEta)
	sinD, cosD := smallSincos(dXi)
	sinXi, cosXi = sinXi*cosD-cosXi*sinD, cosXi*cosD+sinXi*sinD
	sinhD, coshD := smallSinhCosh(dEta)
	sinhEta = sinhEta*coshD - coshEta*sinhD
	// The conformal latitude is the angle between these sides; the hypotenuse
	// is cosh η.
	adjacent2 := sinhEta*sinhEta + cosXi*cosXi
	adjacent, hypotenuse2 := math.Sqrt(adjacent2), 1+sinhEta*sinhEta
	lat := math.Atan2(sinXi, adjacent) +
		clenshawReal(&t.delta, 2*sinXi*adjacent/hypotenuse2, (adjacent2-sinXi*sinXi)/hypotenuse2)
	return t.lon0Deg + math.Atan2(sinhEta, cosXi)/radian, lat / radian
}

// smallAngle is below which the series of smallSincos and smallSinhCosh leave
// nothing of double precision out.
const smallAngle = 2e-3

// smallSincos is math.Sincos, quicker for the angles by which a series corrects.
func smallSincos(x float64) (sin, cos float64) {
	if !(math.Abs(x) < smallAngle) {
		return math.Sincos(x)
	}
	x2 := x * x
	return x * (1 - x2/6*(1-x2/20)), 1 - x2/2*(1-x2/12)
}

// smallSinhCosh is the like for the hyperbolic functions.
func smallSinhCosh(x float64) (sinh, cosh float64) {
	if !(math.Abs(x) < smallAngle) {
		return math.Sinh(x), math.Cosh(x)
	}
	x2 := x * x
	return x * (1 + x2/6*(1+x2/20)), 1 + x2/2*(1+x2/12)
}

// clenshawReal sums Σ cⱼ sin 2jθ of an angle given by sin 2θ and cos 2θ.
func clenshawReal(c *[6]float64, sin2, cos2 float64) float64 {
	var b1, b2 float64
	for j := len(c) - 1; j >= 0; j-- {
		b1, b2 = 2*cos2*b1-b2+c[j], b1
	}
	return b1 * sin2
}

// sinhCosh takes both from the half argument, without losing digits near zero.
func sinhCosh(x float64) (sinh, cosh float64) {
	half := math.Sinh(x / 2)
	return 2 * half * math.Sqrt(1+half*half), 1 + 2*half*half
}

// clenshaw sums Σ cⱼ sin 2jζ for a complex angle ζ = ξ + iη, given by sin 2ξ,
// cos 2ξ, sinh 2η and cosh 2η, and returns the real and the imaginary part.
func clenshaw(c *[6]float64, sin2, cos2, sinh2, cosh2 float64) (re, im float64) {
	aRe, aIm := 2*cos2*cosh2, -2*sin2*sinh2 // 2 cos 2ζ
	var b1Re, b1Im, b2Re, b2Im float64
	for j := len(c) - 1; j >= 0; j-- {
		re := aRe*b1Re - aIm*b1Im - b2Re + c[j]
		im := aRe*b1Im + aIm*b1Re - b2Im
		b2Re, b2Im, b1Re, b1Im = b1Re, b1Im, re, im
	}
	sRe, sIm := sin2*cosh2, cos2*sinh2 // sin 2ζ
	return b1Re*sRe - b1Im*sIm, b1Re*sIm + b1Im*sRe
}

// Forward projects longitude and latitude in degrees, on the datum of c, to
// easting and northing in metres; a geographic c returns its arguments.
// Accurate to 1e-4 m within 4° of the central meridian, and in fact far
// better; the further from the meridian the less the plane is of use.
func (c CRS) Forward(lonDeg, latDeg float64) (eastingM, northingM float64) {
	if !c.Projected {
		return lonDeg, latDeg
	}
	t := newTransverseMercator(c)
	return t.forward(lonDeg, latDeg)
}

// Inverse takes easting and northing in metres back to longitude and latitude
// in degrees on the datum of c; a geographic c returns its arguments.
func (c CRS) Inverse(eastingM, northingM float64) (lonDeg, latDeg float64) {
	if !c.Projected {
		return eastingM, northingM
	}
	t := newTransverseMercator(c)
	return t.inverse(eastingM, northingM)
}
