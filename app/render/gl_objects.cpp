#include "app/render/gl_objects.h"

#include "app/assets.h"

#include <algorithm>

namespace tricolour {
namespace {

// The source with a definition after its version, which has to come first; line numbers stay.
std::string defined(std::string_view source, std::string_view definition) {
    std::string text(source);
    const std::size_t version = text.find("#version");
    const std::size_t end = version == std::string::npos ? version : text.find('\n', version);
    if (definition.empty() || end == std::string::npos) return text;
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n') + 2;
    std::string insertion = "#define ";
    insertion.append(definition).append("\n#line ").append(std::to_string(line)).append("\n");
    text.insert(end + 1, insertion);
    return text;
}

GLuint compile(GLenum kind, std::string_view path, std::string_view definition, std::string& problem) {
    const auto source = asset(path);
    if (!source) {
        problem = std::string(path) + ": there is no such file";
        return 0;
    }
    const GLuint shader = glCreateShader(kind);
    const std::string full = defined(*source, definition);
    const char* const text = full.data();
    const auto length = static_cast<GLint>(full.size());
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

GlProgram load_program(std::string_view vertex_path, std::string_view fragment_path,
                       std::string_view definition, std::string& problem) {
    const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_path, {}, problem);
    if (!vertex) return {};
    const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_path, definition, problem);
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
