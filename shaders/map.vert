// One triangle over the whole viewport, which is the map's rectangle. Says where on the map each pixel
// lies: linear in the pixel, so that the fragment shaders begin where the arithmetic is done.
#version 330 core

uniform vec2 size;             // of the viewport, pixels
uniform vec2 first_part;       // pixels of the first cell that lie before the upper left pixel
uniform float scale;           // pixels a cell
uniform float stripes;         // a pixel
uniform vec2 stripe_phase;     // of those that fall to the left, and to the right

noperspective out vec2 at;         // in cells from the first one, downwards
noperspective out vec2 stripe;

// A pixel's middle that lies on a border between cells belongs to the later one, whatever the rounding.
const float nudge = 1e-3;

void main() {
    vec2 corner = vec2(gl_VertexID == 1 ? 2.0 : 0.0, gl_VertexID == 2 ? 2.0 : 0.0);
    vec2 pixel = corner * size + first_part;
    at = pixel / scale + nudge;
    stripe = vec2(pixel.x + pixel.y, pixel.x - pixel.y) * stripes + stripe_phase;
    gl_Position = vec4(corner.x * 2.0 - 1.0, 1.0 - corner.y * 2.0, 0.0, 1.0);
}
