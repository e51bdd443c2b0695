#include "app/render/gl_objects.h"

#include "app/assets.h"

#include <vector>

namespace tricolour {
namespace {

GLuint compile(GLenum kind, std::string_view path, std::string& problem) {
    const auto source = asset(path);
    if (!source) {
        problem = std::string(path) + ": there is no such file";
        return 0;
    }
    const GLuint shader = glCreateShader(kind);
    const char* const text = source->data();
    const auto length = static_cast<GLint>(source->size());
    glShaderSource(shader, 1, &text, &length);
    glCompileShader(shader);
    GLint is_compiled = 0;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &is_compiled);
    if (is_compiled) return shader;
    GLint log_bytes = 0;
    glGetShaderiv(shader, GL_INFO_LOG_LENGTH, &log_bytes);
    std::string log(static_cast<std::size_t>(log_bytes), '\0');
    glGetShaderInfoLog(shader, log_bytes, nullptr, log.data());
    problem = std::string(path) + " does not compile:\n" + log.c_str();
    glDeleteShader(shader);
    return 0;
}

}  // namespace

GlProgram load_program(std::string_view vertex_path, std::string_view fragment_path, std::string& problem) {
    const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_path, problem);
    if (!vertex) return {};
    const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_path, problem);
    if (!fragment) {
        glDeleteShader(vertex);
        return {};
    }
    GlProgram program(glCreateProgram());
    glAttachShader(program.name(), vertex);
    glAttachShader(program.name(), fragment);
    glLinkProgram(program.name());
    glDeleteShader(vertex);
    glDeleteShader(fragment);
    GLint is_linked = 0;
    glGetProgramiv(program.name(), GL_LINK_STATUS, &is_linked);
    if (is_linked) return program;
    GLint log_bytes = 0;
    glGetProgramiv(program.name(), GL_INFO_LOG_LENGTH, &log_bytes);
    std::string log(static_cast<std::size_t>(log_bytes), '\0');
    glGetProgramInfoLog(program.name(), log_bytes, nullptr, log.data());
    problem = std::string(fragment_path) + " does not link:\n" + log.c_str();
    return {};
}

}  // namespace tricolour
