// An OpenGL 3.3 context without any display, and a picture to draw into.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <glad/gl.h>

namespace tricolour::test {

struct Pixel {
    int red = 0, green = 0, blue = 0;
    bool operator==(const Pixel&) const = default;
};

class Offscreen {
public:
    Offscreen(int width, int height) : width_(width), height_(height) {
        const auto display_of =
            reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
        if (!display_of) return;
        display_ = display_of(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
        if (!display_ || !eglInitialize(display_, nullptr, nullptr) || !eglBindAPI(EGL_OPENGL_API)) return;
        const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION,
                                     3,
                                     EGL_CONTEXT_MINOR_VERSION,
                                     3,
                                     EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                     EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                     EGL_NONE};
        context_ = eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
        if (!context_ || !eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_)) return;
        if (!gladLoadGL(reinterpret_cast<GLADloadfunc>(eglGetProcAddress))) return;
        glGenRenderbuffers(1, &colour_);
        glBindRenderbuffer(GL_RENDERBUFFER, colour_);
        glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
        glGenFramebuffers(1, &framebuffer_);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colour_);
        is_usable_ = glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
        glViewport(0, 0, width, height);
    }
    ~Offscreen() {
        if (!display_) return;
        eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        if (context_) eglDestroyContext(display_, context_);
    }
    Offscreen(const Offscreen&) = delete;
    Offscreen& operator=(const Offscreen&) = delete;

    bool is_usable() const { return is_usable_; }
    int width() const { return width_; }
    int height() const { return height_; }

    /// Takes the picture as it is now.
    void read() {
        bytes_.resize(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4);
        glPixelStorei(GL_PACK_ALIGNMENT, 4);
        glReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, bytes_.data());
    }
    /// Of the picture taken last; from the upper left.
    Pixel at(int x, int y) const {
        const std::size_t i = (static_cast<std::size_t>(height_ - 1 - y) * static_cast<std::size_t>(width_) +
                               static_cast<std::size_t>(x)) *
                              4;
        return {bytes_[i], bytes_[i + 1], bytes_[i + 2]};
    }
    void write_ppm(const std::string& path) const {
        std::FILE* const file = std::fopen(path.c_str(), "wb");
        if (!file) return;
        std::fprintf(file, "P6\n%d %d\n255\n", width_, height_);
        for (int y = 0; y < height_; ++y)
            for (int x = 0; x < width_; ++x) {
                const Pixel pixel = at(x, y);
                const std::array<unsigned char, 3> bytes = {static_cast<unsigned char>(pixel.red),
                                                            static_cast<unsigned char>(pixel.green),
                                                            static_cast<unsigned char>(pixel.blue)};
                std::fwrite(bytes.data(), 1, bytes.size(), file);
            }
        std::fclose(file);
    }

private:
    int width_, height_;
    EGLDisplay display_ = nullptr;
    EGLContext context_ = nullptr;
    GLuint framebuffer_ = 0, colour_ = 0;
    bool is_usable_ = false;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace tricolour::test
