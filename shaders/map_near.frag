// The map where a granule is several pixels wide. A pixel's colour stands in a table of two numbers:
// what its granule is (a texel, in address order, four to an element, folded into the texture's rows) and
// where in the granule it lies. So chunks begin with a thin gap and their header's bytes, some texels are
// hatched or crossed, free memory ruled.
//
// No branches: the software renderer would run both sides of each.
#version 330 core

uniform usampler2D granules;   // each byte: bits 0..3 type, 4..5 colour, 6 in use, 7 first of its chunk
uniform sampler2D colours;     // column: a texel; row: the places below, added up
uniform int fold_bits;         // the texture is 1 << fold_bits elements wide
uniform int row_bits;          // a row of the map is 1 << row_bits long
uniform int first_granule;     // under the map's upper left pixel

// Places, as rows of the table.
uniform int hatch_place;
uniform int cross_place;
uniform int header_place;
uniform int edge_place;
uniform int gap_place;         // instead of all others

// Widths of the stripes, as parts of the distance from one to the next:
uniform float hatch_width;
uniform float cross_width;

// In granules:
uniform vec2 header_middle;    // of the box that shows the header's bytes
uniform vec2 header_half;
uniform float edge;            // width of the gap before a chunk
uniform float height;          // without the gap between rows

noperspective in vec2 at;
noperspective in vec2 stripe;
out vec4 result;

void main() {
    vec2 steps = floor(at);
    vec2 place = at - steps;
    ivec2 cell = ivec2(steps);
    int granule = (cell.y << row_bits) + cell.x + first_granule;
    int element = granule >> 2;
    uint four = texelFetch(granules, ivec2(element & ((1 << fold_bits) - 1), element >> fold_bits), 0).r;
    int texel = int(four >> uint((granule & 3) << 3) & 255u);

    vec2 in_stripe = fract(stripe);
    int row = in_stripe.x < hatch_width ? hatch_place : 0;
    row += min(in_stripe.x, in_stripe.y) < cross_width ? cross_place : 0;
    row += place.x < edge ? edge_place : 0;
#ifdef HEADERS
    vec2 from_header = abs(place - header_middle) - header_half;
    row += max(from_header.x, from_header.y) < 0.0 ? header_place : 0;
#endif
    row = place.y < height ? row : gap_place;
    result = texelFetch(colours, ivec2(texel, row), 0);
}
