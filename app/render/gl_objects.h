// OpenGL objects that free themselves, and shaders from assets with errors that can be read.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <glad/gl.h>

namespace tricolour {

/// Owns one name of OpenGL; 0: none.
template <void (*release)(GLuint)>
class GlObject {
public:
    GlObject() = default;
    explicit GlObject(GLuint name) : name_(name) {}
    GlObject(GlObject&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
    GlObject& operator=(GlObject&& other) noexcept {
        std::swap(name_, other.name_);
        return *this;
    }
    ~GlObject() {
        if (name_) release(name_);
    }
    GLuint name() const { return name_; }
    explicit operator bool() const { return name_ != 0; }

private:
    GLuint name_ = 0;
};

inline void release_texture(GLuint name) { glDeleteTextures(1, &name); }
inline void release_vertex_array(GLuint name) { glDeleteVertexArrays(1, &name); }
inline void release_framebuffer(GLuint name) { glDeleteFramebuffers(1, &name); }
inline void release_program(GLuint name) { glDeleteProgram(name); }
using GlTexture = GlObject<release_texture>;
using GlVertexArray = GlObject<release_vertex_array>;
using GlFramebuffer = GlObject<release_framebuffer>;
using GlProgram = GlObject<release_program>;

/// Compiles and links two assets; on failure the result is empty and `problem` says which file and why.
/// `definition`: a name that the fragment shader is compiled with, or empty.
GlProgram load_program(std::string_view vertex_path, std::string_view fragment_path,
                       std::string_view definition, std::string& problem);

}  // namespace tricolour
