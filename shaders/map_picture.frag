// A picture of the map as it was, pixel by pixel.
#version 330 core

uniform sampler2D picture;     // from its lower left
uniform float height;          // pixels

noperspective in vec2 at;      // the pixel's middle, downwards
out vec4 result;

void main() {
    result = texelFetch(picture, ivec2(int(at.x), int(height - at.y)), 0);
}
