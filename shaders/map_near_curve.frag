// The map along a curve where a granule is several pixels wide: as map_near.frag draws it in rows, but what
// is in sight lies in the texture as it is shown, and a chunk has a border wherever another one lies beside
// it. A border belongs to the cell below it or to its right.
//
// No branches: the software renderer would run both sides of each.
#version 330 core

uniform usampler2D granules;   // two to an element: bits 0..7 the texel, 8 border to the left, 9 above
uniform sampler2D colours;     // column: a texel; row: the places below, added up
uniform int fold_bits;         // the texture is 1 << fold_bits elements wide
uniform int row_bits;          // a row of what is in sight is 1 << row_bits long
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
uniform float edge;            // width of a border

noperspective in vec2 at;
noperspective in vec2 stripe;
out vec4 result;

void main() {
    vec2 steps = floor(at);
    vec2 place = at - steps;
    ivec2 cell = ivec2(steps);
    int granule = (cell.y << row_bits) + cell.x + first_granule;
    int element = granule >> 1;
    uint two = texelFetch(granules, ivec2(element & ((1 << fold_bits) - 1), element >> fold_bits), 0).r;
    int seen = int(two >> uint((granule & 1) << 4) & 1023u);
    int texel = seen & 255;

    vec2 in_stripe = fract(stripe);
    int row = in_stripe.x < hatch_width ? hatch_place : 0;
    row += min(in_stripe.x, in_stripe.y) < cross_width ? cross_place : 0;
#ifdef HEADERS
    vec2 from_header = abs(place - header_middle) - header_half;
    row += max(from_header.x, from_header.y) < 0.0 ? header_place : 0;
#endif
    bool is_ruled = min(place.x, place.y) < edge && (texel & 128) == 0;
    row += is_ruled ? edge_place : 0;
    bool is_left = place.x < edge && (seen & 256) != 0;
    bool is_above = place.y < edge && (seen & 512) != 0;
    row = is_left || is_above ? gap_place : row;
    result = texelFetch(colours, ivec2(texel, row), 0);
}
